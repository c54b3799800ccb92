import { createNodeRpc } from "@utxoracle/node-rpc";
import { type Simulator, startSimulator } from "@utxoracle/simulator";
import { inSoak } from "@utxoracle/testkit";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { ConfirmedSide } from "../../src/confirmed/confirmed-side.ts";
import { feedMetrics } from "../../src/ingest/feed-metrics.ts";
import { LiveWindow } from "../../src/ingest/live-window.ts";
import { type MachineClocks, machineClocks } from "../../src/ingest/steady-clock.ts";
import { createLogger } from "../../src/logging/create-logger.ts";
import { serviceSink } from "../../src/serve/service-sink.ts";
import { NodeFeed } from "../../src/sync/node-feed.ts";
import { eventually } from "../e2e/service-process.ts";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Short, so that a hanging call times out within a test. */
const RPC_TIMEOUT_MS = 1_000;

async function simulated(options: Parameters<typeof startSimulator>[0] = {}): Promise<Simulator> {
  const simulator = await startSimulator({ seed: 9, transactionsPerSecond: 20, historySeconds: 300, ...options });
  closing.push(() => simulator.stop());
  return simulator;
}

/** Feed and window at a stand-in node with faults. */
function feedAt(simulator: Simulator, chain: string | null = null, clocks: MachineClocks = machineClocks) {
  const window = new LiveWindow({ windowSeconds: 10_800, engine: "posterior" });
  const confirmed = new ConfirmedSide({
    windowSeconds: 10_800,
    engine: "posterior",
    now: () => Date.now() / 1000,
    estimate: () => ({ price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null }),
  });
  const log: string[] = [];
  const metrics = feedMetrics(new Registry());
  const { rawtx = "", rawblock = "", sequence = "" } = simulator.endpoints;
  const feed = new NodeFeed({
    source: "node",
    endpoints: { rawtx, rawblock, sequence },
    node: createNodeRpc({
      url: simulator.rpcUrl,
      auth: { user: simulator.rpcUser, password: simulator.rpcPassword },
      timeoutMs: RPC_TIMEOUT_MS,
    }),
    chain,
    clocks,
    windowSeconds: 10_800,
    blockSeconds: 10_800,
    metrics,
    log: createLogger({ format: "json", level: "warn", stream: { write: (line: string) => void log.push(line) } }),
  });
  const stop = new AbortController();
  const sink = serviceSink({ window, windowSeconds: 10_800, confirmed, metrics, now: () => feed.now() });
  const running = feed.run(sink, stop.signal);
  closing.push(async () => {
    stop.abort();
    await running;
    await feed.close();
  });
  /** Waits until the whole mempool is known and no sync is running. */
  const expectEqual = (what: string) =>
    eventually(
      what,
      () => ({
        missing: [...simulator.simulation.mempool.txids()].filter((txid) => !window.analyzer.has(txid)).length,
        gone: [...window.analyzer.unconfirmedTransactions()].filter(([txid]) => !simulator.simulation.mempool.has(txid))
          .length,
        sameTip: confirmed.chain.tip?.hash === simulator.simulation.tip.hash,
        looking: feed.isSyncing,
      }),
      ({ missing, gone, sameTip, looking }) => missing === 0 && gone === 0 && sameTip && !looking,
    );
  return { feed, window, log, expectEqual };
}

describe("the window under faults", () => {
  it("hanging RPC: transactions from ZMQ count, and the others afterwards", async () => {
    const simulator = await simulated();
    simulator.rpcBehavior.hangs = true;
    const { feed, window, expectEqual } = feedAt(simulator);
    await eventually(
      "transactions of the feed",
      () => window.analyzer.getStats(feed.now()).totalReceived,
      (received) => received > 10,
    );
    expect(feed.state()).toMatchObject({ lost: false, node: { connected: true, resyncing: true } });
    expect(feed.state().notices.map(({ code }) => code)).toContain("rpc_timeout");
    simulator.rpcBehavior.hangs = false;
    await expectEqual("the refill");
    expect(feed.state().notices).toEqual([]);
  });

  it("a node that restarts twice during a sync", async () => {
    const simulator = await simulated({ historySeconds: 600 });
    const { window, feed, expectEqual } = feedAt(simulator);
    await eventually(
      "the beginning of the resync",
      () => window.analyzer.getStats(feed.now()).totalReceived,
      (received) => received > 0,
    );
    await simulator.restart();
    await simulator.stopNode();
    await eventually(
      "the loss",
      () => feed.state(),
      (state) => state.lost,
    );
    await simulator.startNode();
    await expectEqual("the refill");
  });

  it("a starting node: nothing counts before its age is known", async () => {
    const simulator = await simulated();
    simulator.rpcBehavior.warmsUp = true;
    const { feed, window, expectEqual } = feedAt(simulator);
    await eventually(
      "the word of the node",
      () => feed.state().notices.map(({ code }) => code),
      (codes) => codes.includes("rpc_warming_up"),
    );
    expect(feed.state().loading).toBe(true);
    const known = () => [...simulator.simulation.mempool.txids()].filter((txid) => window.analyzer.has(txid)).length;
    const { mempool } = simulator.simulation;
    const before = mempool.size;
    await eventually(
      "more transactions",
      () => mempool.size,
      (size) => size > before + 20,
    );
    expect(known()).toBe(0);
    simulator.rpcBehavior.warmsUp = false;
    await expectEqual("the refill");
  });

  it.each([
    ...inSoak(
      { what: "is set back by an hour", steps: [-3600] },
      { what: "goes ahead by an hour, as after a sleep", steps: [3600] },
      { what: "is a day ahead for a moment", steps: [86_400, 0] },
    ),
    { what: "is a day ahead until all has been read by it, and then right", steps: [86_400, "read", 0] },
  ])("a clock that $what: the window reloads, and is not ready meanwhile", async ({ steps }) => {
    let ahead = 0;
    const clocks = { ...machineClocks, wall: () => machineClocks.wall() + ahead };
    const simulator = await simulated({ transactionsPerSecond: 8, historySeconds: 1200, blockIntervalSeconds: 300 });
    const { feed, window, log, expectEqual } = feedAt(simulator, null, clocks);
    await expectEqual("the start");
    // RPC may have read everything before ZeroMQ connects.
    await eventually(
      "the feed",
      () => feed.state().node.connected,
      (connected) => connected === true,
    );
    const before = window.analyzer.getStats(feed.now());
    expect(before.activeTxCount).toBeGreaterThan(1_000);
    const priceBefore = Number(window.analyzer.estimatePrice(feed.now()).price);
    expect(priceBefore).toBeGreaterThan(0);
    const confirmedBefore = before.activeTxCount - [...window.analyzer.unconfirmedTransactions()].length;
    expect(confirmedBefore).toBeGreaterThan(100);
    let says = 0;
    for (const step of steps) {
      if (step === "read") {
        await expectEqual("what was read by the wrong clock");
        continue;
      }
      ahead = Number(step);
      says++;
      // Like every tick: detect a clock step and expire old transactions.
      feed.checkClock();
      window.analyzer.estimatePrice(feed.now());
      const now = feed.now();
      expect(window.analyzer.getStats(now)).toMatchObject({ totalReceived: 0, rememberedIds: 0 });
      expect(feed.state()).toMatchObject({ loading: true, lost: true, node: { connected: true, resyncing: true } });
      expect(feed.state().reasons.map(({ code }) => code)).toEqual(["clock_set"]);
    }
    await expectEqual("the end");
    expect(feed.state()).toMatchObject({ loading: false, lost: false, reasons: [], node: { resyncing: false } });
    expect(log.filter((line) => line.includes("clock_set"))).toHaveLength(says);
    // Blocks and mempool restore 99 % of the transactions, with times in the past.
    const now = feed.now();
    const after = window.analyzer.getStats(now);
    expect(after.activeTxCount).toBeGreaterThanOrEqual(0.99 * before.activeTxCount);
    const unconfirmed = [...window.analyzer.unconfirmedTransactions()];
    expect(after.activeTxCount - unconfirmed.length).toBeGreaterThanOrEqual(0.99 * confirmedBefore);
    for (const [txid, timestamp] of unconfirmed) expect(timestamp, txid).toBeLessThanOrEqual(now);
    expect(after.totalReceived).toBe(
      after.totalFiltered + after.activeTxCount + after.totalExpired + after.totalRemoved,
    );
    const { price } = window.analyzer.estimatePrice(now);
    expect(Math.abs(Number(price) / priceBefore - 1)).toBeLessThan(0.02);
  });

  it("another chain, detected when RPC responds: ignored, and logged once", async () => {
    const simulator = await simulated({ chain: "signet" });
    await simulator.stopNode();
    const { feed, window, log } = feedAt(simulator, "main");
    await eventually(
      "the absence",
      () => feed.state().reasons.length,
      (reasons) => reasons > 0,
    );
    await simulator.startNode();
    await eventually(
      "the reason",
      () => feed.state().reasons.map(({ code }) => code),
      (codes) => codes.includes("wrong_chain"),
    );
    const { totalReceived } = window.analyzer.getStats(feed.now());
    const before = simulator.simulation.mempool.size;
    await eventually(
      "more transactions",
      () => simulator.simulation.mempool.size,
      (size) => size > before + 60,
    );
    expect(window.analyzer.getStats(feed.now()).totalReceived).toBe(totalReceived);
    expect(log.filter((line) => line.includes("wrong_chain"))).toHaveLength(1);
    expect(feed.state().lost).toBe(true);
  });
});
