import { checkServerMessage, type ServerMessage } from "@utxoracle/models";
import { launchBrowser, needs, type TestBrowser } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { eventually, ServiceProcess, smallDemo } from "../../apps/live/test/e2e/service-process.ts";
import { ProxyProcess } from "./proxy-process.ts";

/** Clients allowed per address. */
const READERS = 3;

/** Opens the stream. Resolves with the socket, or with the status of the refusal. */
function openSocket(url: string, headers: Record<string, string> = {}): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.once("open", () => resolve(socket));
    socket.once("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.once("error", reject);
  });
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
    socket.close();
  });
}

/**
 * Reads Server-Sent Events until there are as many price updates.
 * @returns the responses' encoding.
 */
async function readUpdates(url: string, count: number): Promise<string | null> {
  const ending = new AbortController();
  const response = await fetch(url, { signal: ending.signal, headers: { "Accept-Encoding": "gzip" } });
  const decoder = new TextDecoder();
  let partial = "";
  let updates = 0;
  for await (const chunk of response.body ?? []) {
    partial += decoder.decode(chunk as Uint8Array, { stream: true });
    updates += [...partial.matchAll(/"type":"mempool_update".*\n/g)].length;
    partial = partial.slice(partial.lastIndexOf("\n") + 1);
    if (updates >= count) break;
  }
  ending.abort();
  return response.headers.get("content-encoding");
}

let service: ServiceProcess;
let browser: TestBrowser | undefined;

beforeAll(async () => {
  service = await ServiceProcess.listening([
    ...smallDemo,
    "--trust-proxy",
    "--max-clients-per-address",
    String(READERS),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

describe.each(["nginx", "caddy"] as const)("behind %s, at a path of a site", (name) => {
  describe("with the shipped snippet", needs(name), () => {
    let proxy: ProxyProcess;
    let base: string;

    beforeAll(async () => {
      proxy = await ProxyProcess.start(name, service.url);
      base = `${proxy.url}/price`;
    });

    afterAll(async () => {
      await proxy?.stop();
    });

    const socketUrl = (): string => `${base.replace("http", "ws")}/ws/mempool`;

    it("redirects from the path without a slash to the page", async () => {
      expect(await (await fetch(`${base}/health/live`)).json()).toEqual({ ok: true, reasons: [] });
      const bare = await fetch(base, { redirect: "manual" });
      expect(bare.status).toBeGreaterThanOrEqual(301);
      expect(new URL(bare.headers.get("location") ?? "", base).pathname).toBe("/price/");
      const script = /src="\.?\/?(assets\/[^"]+\.js)"/.exec(await (await fetch(`${base}/`)).text())?.[1];
      expect((await fetch(`${base}/${script}`)).status).toBe(200);
    });

    it("passes a WebSocket: a snapshot, then every tick", async () => {
      const socket = await openSocket(socketUrl());
      if (typeof socket === "number") throw new Error(`refused with ${socket}`);
      const ticks = await new Promise<number[]>((resolve) => {
        const seen: number[] = [];
        socket.on("message", (data) => {
          const message = checkServerMessage(JSON.parse(String(data)));
          if (message.type !== "mempool_update") return;
          if (seen.push(message.data.seq) === 4) resolve(seen);
        });
      });
      const first = ticks[0] as number;
      expect(ticks).toEqual([first, first + 1, first + 2, first + 3]);
      await closed(socket);
    });

    it("passes Server-Sent Events one by one", async () => {
      const ending = new AbortController();
      const response = await fetch(`${base}/api/v1/stream`, { signal: ending.signal });
      expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
      const seen: ServerMessage["type"][] = [];
      const decoder = new TextDecoder();
      let partial = "";
      for await (const chunk of response.body ?? []) {
        partial += decoder.decode(chunk as Uint8Array, { stream: true });
        const events = partial.split("\n\n");
        partial = events.pop() ?? "";
        for (const event of events) {
          const data = /^data: (.*)$/m.exec(event)?.[1];
          if (data !== undefined) seen.push(checkServerMessage(JSON.parse(data)).type);
        }
        if (seen.filter((type) => type === "mempool_update").length >= 3) break;
      }
      ending.abort();
      expect(seen).toContain("confirmed_update");
    });

    it("passes events one by one where the site compresses every response", async () => {
      const compressing = await ProxyProcess.start(name, service.url, { compresses: true });
      try {
        const encoding = await readUpdates(`${compressing.url}/price/api/v1/stream`, 4);
        // nginx flushes what it compresses; Caddy 2.6 waits for more.
        expect(encoding).toBe(name === "nginx" ? "gzip" : null);
      } finally {
        await compressing.stop();
      }
    });

    it("counts clients by real address and ignores claimed ones", async () => {
      // Wait until the service has noticed that the clients of earlier tests left.
      await eventually(
        "no client left",
        async () => (await service.get("/metrics")).text,
        (metrics) =>
          [...metrics.matchAll(/^utxoracle_stream_clients(?:\{.*\})? (\d+)$/gm)].every(([, count]) => count === "0"),
      );
      const sockets: (WebSocket | number)[] = [];
      for (let count = 0; count <= READERS; count++)
        sockets.push(await openSocket(socketUrl(), { "X-Forwarded-For": `203.0.113.${count}` }));
      expect(sockets.pop()).toBe(429);
      // A client without the proxy has another address, with its own limit.
      const other = await openSocket(`${service.url.replace("http", "ws")}/ws/mempool`, {
        "X-Forwarded-For": "203.0.113.77",
      });
      for (const socket of [...sockets, other]) {
        if (typeof socket === "number") throw new Error(`refused with ${socket}`);
        await closed(socket);
      }
    });

    describe("in a real browser", needs("chromium"), () => {
      it("shows a live price and requests nothing outside the path", async () => {
        browser ??= await launchBrowser("chromium");
        const page = await browser.open({ width: 1000, height: 660 });
        await page.goto(`${base}/`);
        await page.waitFor(`/\\$[0-9]{2,3},[0-9]{3}/.test(document.body.innerText)`);
        expect(page.faults).toEqual([]);
        const requests = await page.requests();
        expect(requests.some((request) => request === socketUrl())).toBe(true);
        for (const request of requests) expect(new URL(request).pathname).toMatch(/^\/price\//);
        await page.close();
      });
    });
  });
});
