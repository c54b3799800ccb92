import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  type FetchLike,
  type HandshakeRefusal,
  StreamClient,
  type StreamClientEvent,
  type WebSocketLike,
} from "../src/client.ts";
import { ManualTime } from "./manual-time.ts";

const T = 1_757_535_586_000;

/** A socket whose handshake fails on demand. */
class FailingSocket implements WebSocketLike {
  static made: FailingSocket[] = [];
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  constructor() {
    FailingSocket.made.push(this);
  }
  send(): void {}
  close(): void {}
  fail(): void {
    this.onclose?.({ code: 1006 } as never);
  }
}

const last = (): FailingSocket => FailingSocket.made.at(-1) as FailingSocket;

/** A server's response to a plain HTTP request. */
function answering(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): FetchLike & { asked: string[] } {
  const asked: string[] = [];
  const fetch: FetchLike = async (url) => {
    asked.push(url);
    return new Response(body, { status, headers }) as never;
  };
  return Object.assign(fetch, { asked });
}

function makeClient(fetch: FetchLike | null, time = new ManualTime()) {
  FailingSocket.made = [];
  const events: StreamClientEvent[] = [];
  const client = new StreamClient({
    url: "wss://server/btc/ws/mempool",
    onMessage: () => {},
    onEvent: (event) => events.push(event),
    WebSocket: FailingSocket,
    fetch,
    now: time.now,
    setTimer: time.setTimer,
    clearTimer: time.clearTimer,
    wallClock: () => T,
    random: () => 0,
  });
  return { client, time, events };
}

/** Lets the promises of a completed request run. */
const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a failed handshake", () => {
  it.each<[string, number, string, Record<string, string>, Partial<HandshakeRefusal>]>([
    [
      "reports code, message and Retry-After",
      429,
      '{"error":"too_many_clients_of_address","message":"this address has reached its limit"}',
      { "retry-after": "10" },
      { code: "too_many_clients_of_address", message: "this address has reached its limit", retryAfterMs: 10_000 },
    ],
    [
      "reports the status alone, such as a proxy's",
      502,
      "<html>Bad gateway",
      {},
      { code: "http_502", message: "the server responded with status 502", retryAfterMs: null },
    ],
    ["is a proxy's when the server would accept it", 426, "{}", {}, { code: "not_upgraded" }],
    [
      "accepts a date as Retry-After",
      503,
      "",
      { "retry-after": new Date(T + 20_000).toUTCString() },
      { retryAfterMs: 20_000 },
    ],
    ["waits five minutes at most", 503, "", { "retry-after": "99999999999" }, { retryAfterMs: 300_000 }],
    ["ignores a Retry-After that is none", 503, "", { "retry-after": "soon" }, { retryAfterMs: null }],
    [
      "truncates long messages and bodies",
      503,
      `{"error":"x","message":"${"m".repeat(10_000)}"}`,
      {},
      { message: "m".repeat(200) },
    ],
    ["reads no more than the beginning of an answer", 503, " ".repeat(1_000_000), {}, { code: "http_503" }],
  ])("%s", async (_, status, body, headers, expected) => {
    const fetch = answering(status, body, headers);
    const { client, events } = makeClient(fetch);
    client.connect();
    expect(client.refusal).toBeNull();
    last().fail();
    await answered();
    expect(fetch.asked).toEqual(["https://server/btc/ws/mempool"]);
    expect(client.refusal).toMatchObject(expected);
    expect(events.at(-1)).toEqual({ type: "refused", refusal: client.refusal });
    client.close();
    expect(client.refusal).toBeNull();
  });

  it("waits for Retry-After, even if connect() is called", async () => {
    const { client, time } = makeClient(answering(429, "", { "retry-after": "20" }));
    client.connect();
    last().fail();
    await answered();
    time.pass(19_900);
    client.connect();
    expect(FailingSocket.made).toHaveLength(1);
    time.pass(200);
    expect(FailingSocket.made).toHaveLength(2);
    last().onopen?.({} as never);
    expect(client.refusal).toBeNull();
    last().fail();
    // A connection that was open is no failed handshake: it is retried soon.
    time.pass(1000);
    expect(FailingSocket.made).toHaveLength(3);
    client.close();
  });

  it("reports unreachable and keeps the back-off if the server does not respond", async () => {
    const { client, time } = makeClient(() => Promise.reject(new TypeError("failed")));
    client.connect();
    last().fail();
    await answered();
    expect(client.refusal).toMatchObject({ code: "unreachable", retryAfterMs: null });
    time.pass(500);
    expect(FailingSocket.made).toHaveLength(2);
    client.close();
  });

  it("sends one HTTP request at a time, with a time limit", async () => {
    let asked = 0;
    const { client, time } = makeClient(() => {
      asked++;
      return new Promise(() => {});
    });
    client.connect();
    for (let i = 0; i < 3; i++) {
      last().fail();
      time.pass(1_000);
    }
    expect(asked).toBe(1);
    time.pass(10_000);
    await answered();
    expect(client.refusal).toMatchObject({ code: "unreachable" });
    last().fail();
    expect(asked).toBe(2);
    client.close();
    await answered();
    expect(client.refusal).toBeNull();
    expect(time.pending).toBe(0);
  });

  it("sends no HTTP request without fetch, or with fetch: null", async () => {
    const { client, time } = makeClient(null);
    client.connect();
    last().fail();
    await answered();
    expect(client.refusal).toBeNull();
    time.pass(500);
    expect(FailingSocket.made).toHaveLength(2);
    client.close();
  });
});

describe("a real server that refuses handshakes", () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it("is requested with Node's fetch, and its body is not read to the end", async () => {
    const opened: ServerResponse[] = [];
    server = createServer((_request, response) => {
      opened.push(response);
      response.writeHead(503, { "content-type": "application/json", "retry-after": "7" });
      const timer = setInterval(() => response.write("x".repeat(16_384)), 5);
      response.on("close", () => clearInterval(timer));
    });
    server.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n"));
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const refusal = await new Promise<HandshakeRefusal>((resolve) => {
      const client = new StreamClient({
        url: `ws://127.0.0.1:${port}/ws`,
        onMessage: () => {},
        WebSocket,
        onEvent: (event) => {
          if (event.type !== "refused") return;
          resolve(event.refusal);
          client.close();
        },
      });
      client.connect();
    });
    expect(refusal).toEqual({ code: "http_503", message: "the server responded with status 503", retryAfterMs: 7_000 });
    await expect.poll(() => opened.every((response) => response.closed)).toBe(true);
  });
});
