import { spawn } from "node:child_process";
import type { ConfirmedResponse, ServerMessage } from "@utxoracle/models";
import type { Simulator } from "@utxoracle/simulator";
import { needs } from "@utxoracle/testkit";
import { type MempoolTick, mergedTick } from "@utxoracle/viz/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { routes } from "../../src/serve/http/routes.ts";
import { expectAsDocumented } from "../http/documented.ts";
import { expectStreamMessage } from "../http/stream-documented.ts";
import { newestBlock } from "./newest-block.ts";
import { eventually, ServiceProcess } from "./service-process.ts";
import { startSmallNode } from "./small-node.ts";

let simulator: Simulator;
let service: ServiceProcess;

beforeAll(async () => {
  let flags: readonly string[];
  ({ simulator, flags } = await startSmallNode({ seed: 7 }));
  service = await ServiceProcess.listening(flags);
  // The live price may be ok before the window is loaded, and before the confirmed price.
  await service.logLine(({ msg }) => msg === "window in sync with node");
  await eventually(
    "both prices",
    async () => ({
      live: await service.price(),
      confirmed: JSON.parse((await service.get("/api/v1/confirmed")).text) as ConfirmedResponse,
    }),
    ({ live, confirmed }) => live.status === "ok" && confirmed.price !== null,
  );
});

afterAll(async () => {
  await service?.stop("SIGKILL");
  await simulator?.stop();
});

/** A client that keeps all messages. */
function follow(): { messages: ServerMessage[]; close(): void } {
  const socket = new WebSocket(`${service.url.replace("http", "ws")}/ws/mempool`);
  const messages: ServerMessage[] = [];
  socket.on("message", (data) => messages.push(JSON.parse(String(data)) as ServerMessage));
  return { messages, close: () => socket.terminate() };
}

/** Events of the stream as shown by `curl -N`. */
function curl(): { messages: ServerMessage[]; stop(): void } {
  const child = spawn("curl", ["-sN", `${service.url}/api/v1/stream`], { stdio: ["ignore", "pipe", "ignore"] });
  const messages: ServerMessage[] = [];
  let partial = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (partial + text).split("\n");
    partial = lines.pop() ?? "";
    for (const line of lines)
      if (line.startsWith("data: ")) messages.push(JSON.parse(line.slice("data: ".length)) as ServerMessage);
  });
  return { messages, stop: () => child.kill() };
}

/** The complete state after each live update. */
function liveOf(messages: readonly ServerMessage[]): MempoolTick["data"][] {
  const states: MempoolTick["data"][] = [];
  for (const message of messages) {
    const state = message.type === "mempool_update" ? mergedTick(states.at(-1) ?? null, message) : null;
    if (state !== null) states.push(state);
  }
  return states;
}

describe("the service's API", () => {
  it("serves every path of its OpenAPI document as documented", async () => {
    const hash = await newestBlock(service.url);
    for (const { path: template } of routes) {
      if (template === "/api/v1/stream") continue;
      const path = template.replace("{name}", "price-response").replace("{hash}", hash);
      const response = await fetch(`${service.url}${path}`);
      // A plain request to the WebSocket path gets "upgrade required".
      expect(response.status, path).toBe(path === "/ws/mempool" ? 426 : 200);
      await expectAsDocumented(path, response);
    }
  });

  it("sends both snapshots, then numbered updates, as in the AsyncAPI document", async () => {
    const client = follow();
    await eventually(
      "updates",
      () => liveOf(client.messages).length,
      (count) => count >= 4,
    );
    client.close();
    for (const message of client.messages) expectStreamMessage("mempool", message);
    expect(client.messages.slice(0, 2)).toMatchObject([
      { type: "mempool_update", data: { snapshot: true } },
      { type: "confirmed_update", data: { snapshot: true } },
    ]);
    const [first, ...rest] = liveOf(client.messages);
    expect(first?.price).toBeGreaterThan(0);
    expect(rest.map(({ seq, epoch, snapshot }) => ({ seq, epoch, snapshot }))).toEqual(
      rest.map((_, index) => ({ seq: (first?.seq ?? 0) + index + 1, epoch: first?.epoch, snapshot: false })),
    );
  });

  it("sends the same updates to curl -N", needs("curl"), async () => {
    const terminal = curl();
    const client = follow();
    // Either client may connect first.
    const { answer: shared } = await eventually(
      "events that both have",
      () => {
        const deltas = liveOf(client.messages).filter(({ snapshot }) => !snapshot);
        const bySeq = new Map(deltas.map((data) => [data.seq, data]));
        return liveOf(terminal.messages).flatMap((event) => {
          const update = bySeq.get(event.seq);
          return event.snapshot || update === undefined ? [] : [{ event, update }];
        });
      },
      ({ length }) => length >= 2,
    );
    terminal.stop();
    client.close();
    for (const message of terminal.messages) expectStreamMessage("mempoolEvents", message);
    for (const { event, update } of shared) expect(event).toEqual(update);
  });

  it("gives the stream's price in the formats for wallets and shops", async () => {
    const client = follow();
    await eventually(
      "an update",
      () => liveOf(client.messages).length,
      (count) => count > 0,
    );
    const { answer } = await eventually(
      "answers of one tick",
      async () => {
        const before = await service.price();
        const answers = {
          mempoolSpace: JSON.parse((await service.get("/api/v1/prices")).text) as { USD: number; time: number },
          btcpay: JSON.parse((await service.get("/api/rates?currencyPairs=BTC_USD")).text) as { rate: number }[],
          text: (await service.get("/price.txt")).text,
        };
        return { before, answers, after: await service.price() };
      },
      ({ before, after }) => before.timestamp === after.timestamp,
    );
    const { answers, after } = answer;
    // The response or the update may come first.
    const shown = await eventually(
      "that tick in the stream",
      () => liveOf(client.messages).find(({ price_timestamp: time }) => (time ?? 0) >= after.timestamp),
      (update) => update !== undefined,
    );
    client.close();
    expect(shown.answer?.price_timestamp).toBe(after.timestamp);
    const price = shown.answer?.price ?? 0;
    expect(Math.abs(answers.mempoolSpace.USD - price)).toBeLessThan(1);
    expect(answers.btcpay[0]?.rate).toBeCloseTo(price, 1);
    expect(answers.text).toMatch(/^\d+\.\d\d\n$/);
    expect(Number(answers.text)).toBeCloseTo(price, 1);
  });

  it("has metrics of price, feed, filter, window, ticks, clients and process", async () => {
    const client = follow();
    await eventually(
      "a client",
      () => client.messages.length,
      (count) => count > 0,
    );
    // Wait until the server has noticed that earlier clients disconnected.
    const { answer } = await eventually(
      "it as the only client",
      () => service.get("/metrics"),
      ({ text }) => /^utxoracle_stream_clients\{kind="websocket"\} 1$/m.test(text),
    );
    client.close();
    const { text, headers } = answer;
    expect(headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const line of [
      /^utxoracle_price_usd \d+/m,
      /^utxoracle_price_low_usd \d+/m,
      /^utxoracle_confidence 0?\.?\d+/m,
      /^utxoracle_status\{status="ok"\} 1$/m,
      /^utxoracle_price_age_seconds \d/m,
      /^utxoracle_live_to_confirmed_distance_ratio -?\d/m,
      /^utxoracle_feed_messages_total\{topic="rawtx"\} \d+/m,
      /^utxoracle_transactions_total\{result="accepted"\} [1-9]/m,
      /^utxoracle_transactions_total\{result="[a-z_]+"\} [1-9]/m,
      /^utxoracle_window_transactions [1-9]/m,
      /^utxoracle_refills_total\{result="ok"\} [1-9]/m,
      /^utxoracle_tick_seconds_count [1-9]/m,
      /^nodejs_eventloop_lag_p99_seconds /m,
      /^process_resident_memory_bytes [1-9]/m,
    ])
      expect(text).toMatch(line);
  });

  it("never prints its password in log or metrics", async () => {
    expect(service.stderr + (await service.get("/metrics")).text).not.toContain(simulator.rpcPassword);
  });
});

describe("a lost feed", () => {
  it("is reported by all outputs, without a price for programs", needs("curl"), async () => {
    const client = follow();
    const terminal = curl();
    await eventually(
      "both clients",
      () => Math.min(client.messages.length, terminal.messages.length),
      (count) => count > 0,
    );
    const lastGood = (await service.price()).price;
    await simulator.stop();
    const gone = await eventually(
      "the loss",
      async () => ({
        price: await service.price(),
        ready: await service.ready(),
        stream: liveOf(client.messages).at(-1),
        events: liveOf(terminal.messages).at(-1),
      }),
      ({ price, ready, stream, events }) =>
        price.status === "stale" && ready.status === 503 && stream?.status === "stale" && events?.status === "stale",
    );
    const { price, ready, stream } = gone.answer;
    expect(ready.answer.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["node_disconnected", "price_stale"]),
    );
    expect(stream?.node.connected).toBe(false);
    // The last good price, with its time: its age increases.
    expect(Math.abs((price.price ?? 0) / (lastGood ?? 1) - 1)).toBeLessThan(0.01);
    const { answer: later } = await eventually(
      "age",
      () => service.price(),
      ({ age_seconds: age }) => (age ?? 0) > (price.age_seconds ?? 0) + 0.5,
    );
    expect(later.timestamp).toBe(price.timestamp);
    for (const path of ["/api/v1/prices", "/api/rates?currencyPairs=BTC_USD", "/rates", "/price.txt"]) {
      const { status, text } = await service.get(path);
      expect({ path, status }).toEqual({ path, status: 503 });
      expect(text).toContain("stale");
    }
    for (const message of client.messages) expectStreamMessage("mempool", message);
    client.close();
    terminal.stop();
    expect((await service.get("/health/live")).status).toBe(200);
    expect((await service.get("/metrics")).text).toMatch(/^utxoracle_status\{status="stale"\} 1$/m);
  });
});

describe("SIGTERM", () => {
  it("closes 300 clients with 1001 and exits with 0", async () => {
    const url = `${service.url.replace("http", "ws")}/ws/mempool`;
    const closes: Promise<number>[] = [];
    await Promise.all(
      Array.from({ length: 300 }, () => {
        const socket = new WebSocket(url);
        closes.push(new Promise((resolve) => socket.on("close", resolve)));
        return new Promise((resolve) => socket.once("message", resolve));
      }),
    );
    expect(await service.stop()).toMatchObject({ exitCode: 0, signal: null });
    expect(new Set(await Promise.all(closes))).toEqual(new Set([1001]));
  });
});
