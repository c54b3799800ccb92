import { describe, expect, it } from "vitest";
import { jsonResponse } from "../src/index.ts";
import { ManualClock } from "./manual-clock.ts";
import { RawConnection, startServer, type TestServer } from "./test-server.ts";

const MEBIBYTE = 1024 * 1024;
const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** Like Node.js, runs all tasks that wait for `afterIo` before it polls for I/O again. */
class PhaseClock extends ManualClock {
  handled = 0;
  maxHandledPerPhase = 0;
  readonly #tasks: (() => void)[] = [];

  override afterIo(task: () => void): () => void {
    if (this.#tasks.push(task) === 1) setImmediate(() => this.#runPhase());
    return () => {};
  }

  #runPhase(): void {
    const handledBefore = this.handled;
    for (const task of this.#tasks.splice(0)) task();
    this.maxHandledPerPhase = Math.max(this.maxHandledPerPhase, this.handled - handledBefore);
  }
}

/**
 * A server with several responses; `/large` exceeds the system's buffers of a loopback connection.
 */
async function start(limits: Parameters<typeof startServer>[0] = {}): Promise<TestServer & { asked: () => number }> {
  const started = await startServer(limits);
  const large = Buffer.alloc(16 * MEBIBYTE, "x");
  let asked = 0;
  started.server.addRoutes({
    "/number": ({ query }) => {
      asked += 1;
      return jsonResponse(Number(query.get("n")));
    },
    "/large": () => {
      asked += 1;
      return { contentType: "text/plain", body: large };
    },
    "/text": () => ({ contentType: "text/plain", body: "x".repeat(16 * MEBIBYTE) }),
  });
  return { ...started, asked: () => asked };
}

const bodies = (text: string): number[] => [...text.matchAll(/\r\n\r\n(\d+)/g)].map(([, body]) => Number(body));

describe("pipelined requests", () => {
  it("are handled in order, one by one", async () => {
    const { port } = await start();
    const connection = new RawConnection(port);
    const numbers = Array.from({ length: 16 }, (_, n) => n);
    connection.socket.write(numbers.map((n) => request(`/number?n=${n}`)).join(""));
    expect(bodies(await connection.until(/\r\n\r\n15/))).toEqual(numbers);
    connection.socket.write(request("/number?n=99"));
    expect(bodies(await connection.until(/\r\n\r\n99/)).at(-1)).toBe(99);
  });

  it("beyond the limit get no response, and the connection closes", async () => {
    const { port, event, asked } = await start();
    const connection = new RawConnection(port);
    connection.socket.write(Array.from({ length: 1500 }, (_, n) => request(`/number?n=${n}`)).join(""));
    const text = await connection.ended;
    expect(bodies(text)).toEqual(Array.from({ length: 16 }, (_, n) => n));
    expect(text.match(/^Connection: close\r$/gm)).toHaveLength(1);
    expect(asked()).toBe(16);
    expect(await event("http_refused")).toMatchObject({ code: "too_many_requests_in_flight", status: null });
  });

  it("of many connections are handled in slices, with I/O in between", async () => {
    const clock = new PhaseClock();
    const { server, port } = await startServer({ clock });
    server.addRoutes({
      "/slow": () => {
        clock.advance(10); // More than a slice.
        clock.handled += 1;
        return jsonResponse(1);
      },
    });
    const connections = Array.from({ length: 20 }, () => new RawConnection(port));
    for (const { socket } of connections) socket.write(request("/slow").repeat(3));
    for (const connection of connections) await connection.until(/(\r\n\r\n1[\s\S]*){3}/);
    expect(clock.handled).toBe(60);
    expect(clock.maxHandledPerPhase).toBe(1);
  });

  it("wait if the client does not read", async () => {
    const { port, asked, event } = await start();
    const connection = new RawConnection(port);
    connection.socket.pause();
    connection.socket.write(request("/large").repeat(10));
    const other = new RawConnection(port);
    other.socket.write(request("/number?n=1"));
    await other.until(/\r\n\r\n1/);
    expect(asked()).toBe(2);
    connection.socket.destroy();
    await event("http_request", ({ path }) => path === "/large");
  });

  it("are limited in total", async () => {
    const { port } = await start({ limits: { maxWaitingRequests: 4 } });
    const idle = Array.from({ length: 4 }, () => new RawConnection(port));
    for (const { socket } of idle) {
      socket.pause();
      socket.write(request("/large") + request("/number?n=1"));
    }
    const probe = new RawConnection(port);
    probe.socket.write(request("/number?n=2"));
    await probe.until(/\r\n\r\n2/);
    const beyond = new RawConnection(port);
    beyond.socket.write(request("/number?n=3").repeat(2));
    expect(bodies(await beyond.ended)).toEqual([3]);
    idle[0]?.socket.destroy();
    const after = new RawConnection(port);
    after.socket.write(request("/number?n=4").repeat(2));
    expect(bodies(await after.until(/(\r\n\r\n4[\s\S]*){2}/))).toEqual([4, 4]);
  });

  it("after an SSE request wait; upgrade data never mixes with responses", async () => {
    const { port, publish, asked } = await start();
    publish(1);
    const events = new RawConnection(port);
    events.socket.write(request("/sse") + request("/number?n=1"));
    await events.until(/allLive/);
    expect(asked()).toBe(0);
    const upgrading = new RawConnection(port);
    upgrading.socket.pause();
    upgrading.socket.write(
      `${request("/large")}GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`,
    );
    upgrading.socket.write("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    upgrading.socket.resume();
    const text = await upgrading.ended;
    expect(text.match(/HTTP\/1\.1/g)).toEqual(["HTTP/1.1"]);
    expect(text.endsWith("xxxx")).toBe(true);
  });
});

describe("responses for slow clients", () => {
  it("are limited in total: further large ones get 503, small ones are sent", async () => {
    const { port, url, event } = await start({ limits: { maxResponseBytes: 20 * MEBIBYTE } });
    const idle = new RawConnection(port);
    idle.socket.pause();
    idle.socket.write(request("/text"));
    const probe = new RawConnection(port);
    probe.socket.write(request("/number?n=1"));
    await probe.until(/\r\n\r\n1/);
    const refused = await fetch(`${url}/text`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ error: "overloaded" });
    expect((await fetch(`${url}/number?n=5`)).status).toBe(200);
    // Shared bytes do not count.
    expect((await (await fetch(`${url}/large`)).arrayBuffer()).byteLength).toBe(16 * MEBIBYTE);
    idle.socket.destroy();
    await event("http_request", ({ path, status }) => path === "/text" && status === 200);
    expect((await (await fetch(`${url}/text`)).arrayBuffer()).byteLength).toBe(16 * MEBIBYTE);
  });
});
