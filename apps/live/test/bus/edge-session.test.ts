import {
  BUS_TERM_MAX,
  type BusLease,
  type BusLiveState,
  type MempoolDelta,
  type MempoolSnapshot,
} from "@utxoracle/models";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { budgets } from "../../src/config/budgets.ts";
import { createLogger } from "../../src/logging/create-logger.ts";
import type { BusEntry } from "../../src/relay/bus/bus-bucket.ts";
import { BusError } from "../../src/relay/bus/bus-error.ts";
import { type BusKey, originHeaders } from "../../src/relay/bus/bus-names.ts";
import { packJson } from "../../src/relay/bus/packed-json.ts";
import { AnalyzerClock } from "../../src/relay/edge/analyzer-clock.ts";
import { AskAnalyzer } from "../../src/relay/edge/ask-analyzer.ts";
import { BusReader, type RawDelta } from "../../src/relay/edge/bus-reader.ts";
import { EdgeConfirmed } from "../../src/relay/edge/edge-confirmed.ts";
import { createEdgeMetrics } from "../../src/relay/edge/edge-metrics.ts";
import { EdgeSession } from "../../src/relay/edge/edge-session.ts";
import { EdgeState } from "../../src/relay/edge/edge-state.ts";
import { LiveFollower } from "../../src/relay/edge/live-follower.ts";
import { eventually } from "../e2e/service-process.ts";
import { deltaTick, tick } from "../http/test-state.ts";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const lease: BusLease = {
  ...{ analyzer: "a", term: 3, epoch: "a", ttl_ms: 2500, released: false, fit: true },
  ...{ source: "node", chain: "main", confirmed_number: 0, history_number: 0 },
};

const snapshot = (epoch: string, seq: number): MempoolSnapshot => ({
  type: "mempool_update",
  data: tick({ epoch, seq, stats: { ...tick().stats, uptime_seconds: seq / 2 } }),
});

const update = (seq: number): MempoolDelta => ({
  type: "mempool_update",
  data: deltaTick({ seq, stats: { ...tick().stats, uptime_seconds: seq / 2 } }),
});

const state: BusLiveState = {
  ...{ analyzer: "a", term: 3, interval_ms: 500, reasons: [], notices: [], evidence: null },
  update: snapshot("a", 4),
};

/** Creates a message of the live subject. */
function delta(term: number, epoch: string, seq: number, data = encode(update(seq))): RawDelta {
  const headers: Record<string, string> = { [originHeaders.analyzer]: epoch, [originHeaders.term]: String(term) };
  return { data, header: (name: string) => headers[name] };
}

/** A session with a bucket and clock responses controlled by the test. */
class Bench {
  nowMs = 1000;
  readonly clock = new AnalyzerClock();
  readonly questions: { epoch: string; answer: (answer: unknown) => void; refuse: () => void }[] = [];
  readonly entries = new Map<BusKey, BusEntry>();
  readonly given: number[] = [];
  /** What the analyzer answers to a query for updates; null for no answer. */
  updates: readonly number[] | null = null;
  readonly asked: number[] = [];
  readonly edgeState: EdgeState;
  readonly session: EdgeSession;
  readonly confirmed = new EdgeConfirmed(() => undefined);
  readonly #registry = new Registry();

  constructor() {
    const reader = new BusReader(
      { read: async (key) => this.entries.get(key) ?? null },
      (epoch) =>
        new Promise((resolve, reject) => {
          const refuse = (): void => reject(new BusError("no_answer", "no analyzer answers"));
          this.questions.push({ epoch, answer: (answer) => resolve(encode(answer)), refuse });
        }),
    );
    this.edgeState = new EdgeState(
      () => ({
        disconnected: null,
        faults: this.session.faults,
        lease: this.session.lease,
        stale: false,
        ageSeconds: null,
        isAgeKnown: false,
        epoch: null,
      }),
      () => this.confirmed,
      () => 1,
      new AskAnalyzer(() => Promise.reject(new BusError("no_answer", "no analyzer answers"))),
    );
    this.session = new EdgeSession({
      reader,
      analyzer: {
        updates: async (_, from) => {
          this.asked.push(from);
          return this.updates?.map((seq) => ({ update: update(seq), bytes: encode(update(seq)) })) ?? null;
        },
      },
      follower: new LiveFollower(({ update: { data } }) => this.given.push(data.seq)),
      clock: this.clock,
      confirmed: this.confirmed,
      edgeState: this.edgeState,
      metrics: createEdgeMetrics(this.#registry, () => ({ connected: true, ageSeconds: null, analyzer: null })),
      log: createLogger({ format: "json", level: "fatal" }),
      onClock: () => undefined,
      onInterval: () => undefined,
      now: () => this.nowMs,
    });
  }

  put(key: BusKey, value: Uint8Array | null, revision = (this.entries.get(key)?.revision ?? 0) + 1): void {
    this.entries.set(key, { value, revision });
  }

  lease(changes: Partial<BusLease> = {}): void {
    this.put("lease", encode({ ...lease, ...changes }));
  }

  /** Runs a step and answers its clock requests. */
  async step(): Promise<void> {
    this.nowMs += 500;
    let isOver = false;
    const step = this.session.step().finally(() => {
      isOver = true;
    });
    await eventually(
      "the step's end",
      () => {
        for (const { answer } of this.questions) answer({ uptime_seconds: 1 });
        return isOver;
      },
      (is) => is,
    );
    await step;
  }

  /** A session that follows `a` from update 4. */
  static async following(): Promise<Bench> {
    const bench = new Bench();
    bench.lease();
    bench.put("live", await packJson(state));
    await bench.step();
    expect(bench.given).toEqual([4]);
    return bench;
  }

  deltas(...numbers: number[]): void {
    for (const number of numbers) this.session.onDelta(delta(3, "a", number));
  }

  async counted(name: "problems" | "deltas", value: string): Promise<number> {
    const metric = await this.#registry.getSingleMetric(`utxoracle_edge_${name}_total`)?.get();
    return metric?.values.find(({ labels }) => Object.values(labels).includes(value))?.value ?? 0;
  }
}

describe("EdgeSession", () => {
  it("requests the clock of a new leader, and drops a late response of the old one", async () => {
    const bench = new Bench();
    bench.lease({ term: 1, epoch: "stopped" });
    await bench.session.step();
    bench.session.onDelta(delta(1, "stopped", 7));
    bench.session.onDelta(delta(1, "stopped", 8));
    bench.session.onDelta(delta(2, "next", 0));
    expect(bench.questions.map(({ epoch }) => epoch)).toEqual(["stopped"]);
    bench.lease({ term: 2, epoch: "next" });
    await bench.session.step();
    expect(bench.questions.map(({ epoch }) => epoch)).toEqual(["stopped", "next"]);
    bench.questions[1]?.answer({ uptime_seconds: 50 });
    await eventually(
      "the answer",
      () => bench.clock.knows("next"),
      (known) => known,
    );
    bench.questions[0]?.answer({ uptime_seconds: 900 });
    bench.session.onDelta(delta(1, "stopped", 9));
    await new Promise(setImmediate);
    expect(bench.clock.knows("next")).toBe(true);
    expect(bench.questions).toHaveLength(2);
    expect(await bench.counted("problems", "clock")).toBe(0);
  });

  it("requests the clock again with the next update after a timeout", async () => {
    const bench = new Bench();
    bench.lease();
    await bench.session.step();
    bench.deltas(1);
    bench.questions[0]?.refuse();
    await eventually(
      "the problem",
      () => bench.counted("problems", "clock"),
      (count) => count === 1,
    );
    bench.deltas(2);
    expect(bench.questions).toHaveLength(2);
  });

  it("applies deltas of a new leader that arrived before its lease", async () => {
    const bench = await Bench.following();
    bench.session.onDelta(delta(5, "b", 0));
    bench.session.onDelta(delta(5, "b", 1));
    bench.lease({ term: 5, epoch: "b" });
    bench.put("live", await packJson({ ...state, term: 5, update: snapshot("b", 0) }));
    await bench.step();
    expect(bench.given).toEqual([4, 0, 1]);
  });
});

describe("EdgeSession asks for missed updates", () => {
  it("and needs no state", async () => {
    const bench = await Bench.following();
    bench.deltas(5, 8, 9);
    expect(bench.given).toEqual([4, 5]);
    bench.updates = [6, 7, 8];
    await bench.step();
    bench.deltas(10);
    expect(bench.given).toEqual([4, 5, 6, 7, 8, 9, 10]);
    await bench.step();
    expect(bench.asked).toEqual([0, 6]);
  });

  it.each([
    ["no answer", null],
    ["only later ones", [7, 8]],
    ["none", []],
  ])("and continues from the state after %s", async (_, updates) => {
    const bench = await Bench.following();
    bench.updates = updates;
    bench.deltas(5, 8);
    bench.put("live", await packJson({ ...state, update: snapshot("a", 8) }));
    await bench.step();
    bench.deltas(9);
    expect(bench.given).toEqual([4, 5, 8, 9]);
  });
});

describe("EdgeSession ignores", () => {
  it.each([2 ** 53 - 1, BUS_TERM_MAX, 4, 2, 1])("messages of another term than the lease: %s", async (term) => {
    const bench = await Bench.following();
    bench.session.onDelta(delta(term, "a", 5));
    bench.session.onDelta(delta(term, "other", 6));
    bench.deltas(5, 6);
    bench.session.onDelta(delta(term, "a", 7));
    await bench.step();
    bench.deltas(7);
    expect(bench.given).toEqual([4, 5, 6, 7]);
  });

  it.each([
    ["another run's", delta(3, "a", 5, encode(snapshot("other", 5)))],
    ["a number far ahead", delta(3, "a", 2 ** 53 - 1)],
    ["a number of before", delta(3, "a", 1)],
    ["no JSON", delta(3, "a", 5, Uint8Array.of(0x7b))],
    ["no update", delta(3, "a", 5, encode({ type: "mempool_update", data: {} }))],
    ["nested brackets", delta(3, "a", 5, new TextEncoder().encode("[".repeat(200_000)))],
    ["too many bytes", delta(3, "a", 5, new Uint8Array(budgets.natsDelta.bytes + 1))],
    ["no headers", { data: encode(update(5)), header: () => undefined }],
  ])("a message with %s", async (_, message) => {
    const bench = await Bench.following();
    bench.session.onDelta(message);
    bench.deltas(5);
    bench.session.onDelta(message);
    bench.deltas(6);
    expect(bench.given).toEqual([4, 5, 6]);
  });

  it("no unexpected error: it ends the program", async () => {
    const bench = await Bench.following();
    bench.given.push = () => {
      throw new TypeError("a defect");
    };
    expect(() => bench.deltas(5)).toThrow("a defect");
  });

  it("a valid message with too many bytes, without parsing it", async () => {
    const bench = await Bench.following();
    const valid = encode(update(5));
    const data = new Uint8Array(budgets.natsDelta.bytes + 1).fill(0x20);
    data.set(valid);
    bench.session.onDelta(delta(3, "a", 5, data));
    expect(bench.given).toEqual([4]);
    expect(await bench.counted("deltas", "too_large")).toBe(1);
  });

  it("messages above the rate limit, and recovers with the next state", async () => {
    const bench = await Bench.following();
    const { count } = budgets.natsDeltaRate;
    for (let number = 5; number < 5 + 2 * count; number++) bench.deltas(number);
    expect(bench.given.at(-1)).toBe(4 + count);
    expect(await bench.counted("deltas", "flood")).toBe(count);
    bench.put("live", await packJson({ ...state, update: snapshot("a", 2 * count + 4) }));
    bench.nowMs += 2000;
    bench.deltas(2 * count + 5);
    await bench.step();
    expect(bench.given.slice(-2)).toEqual([2 * count + 4, 2 * count + 5]);
  });

  it("messages of other terms beyond their budget", async () => {
    const bench = await Bench.following();
    for (let number = 0; number < 5000; number++) bench.session.onDelta(delta(9, "b", number));
    bench.lease({ term: 9, epoch: "b" });
    bench.put("live", await packJson({ ...state, term: 9, update: snapshot("b", 0) }));
    await bench.step();
    // The newest ones wait for a state.
    bench.put("live", await packJson({ ...state, term: 9, update: snapshot("b", 4935) }));
    await bench.step();
    expect(bench.given.at(-1)).toBe(4999);
    expect(bench.given.length).toBeLessThanOrEqual(budgets.natsWaiting.count + 3);
  });

  it("injected updates, from the next state on", async () => {
    const bench = await Bench.following();
    for (let number = 5; number < 50; number++)
      bench.session.onDelta(delta(3, "a", number, encode(update(number + 1000))));
    const forged = { ...update(0).data, price: 1 };
    for (let number = 5; number < 100; number++)
      bench.session.onDelta(
        delta(3, "a", number, encode({ type: "mempool_update", data: { ...forged, seq: number } })),
      );
    expect(bench.given.at(-1)).toBe(99);
    bench.put("live", await packJson({ ...state, update: snapshot("a", 6) }));
    bench.nowMs += 2000;
    await bench.step();
    bench.deltas(7);
    expect(bench.given.slice(-2)).toEqual([6, 7]);
  });

  it.each([
    ["a term beyond all", { ...lease, term: 2 ** 53 - 1 }],
    ["no lease", { hello: "world" }],
    ["a name with a line break", { ...lease, analyzer: "a\nb" }],
  ])("a lease with %s, and keeps the previous one", async (_, value) => {
    const bench = await Bench.following();
    bench.put("lease", encode(value));
    await bench.step();
    bench.deltas(5);
    expect(bench.given).toEqual([4, 5]);
    expect(bench.session.faults).toMatchObject([{ code: "bus_invalid_value" }]);
    bench.lease();
    await bench.step();
    expect(bench.session.faults).toEqual([]);
  });

  it("a lease with a lower revision, for a few seconds", async () => {
    const bench = await Bench.following();
    bench.put("lease", encode({ ...lease, term: 9, epoch: "b" }), 20);
    await bench.step();
    bench.put("lease", encode(lease), 19);
    await bench.step();
    expect(bench.session.lease).toMatchObject({ analyzer: "a" });
    bench.deltas(5);
    expect(bench.given).toEqual([4]);
    bench.nowMs += 5000;
    await bench.step();
    bench.deltas(6);
    expect(bench.given).toEqual([4, 5, 6]);
  });

  it.each([
    ["of another term", { ...state, term: 4 }],
    ["of another run", { ...state, update: snapshot("b", 9) }],
    ["beyond the contract", { ...state, interval_ms: 1e9 }],
    ["with endless remarks", { ...state, reasons: Array.from({ length: 1000 }, () => ({ code: "x", message: "x" })) }],
  ])("a live state %s", async (_, value) => {
    const bench = await Bench.following();
    bench.put("live", await packJson(value));
    bench.nowMs += 2000;
    await bench.step();
    bench.deltas(5);
    expect(bench.given).toEqual([4, 5]);
  });

  const history = {
    ...{ analyzer: "a", term: 3, number: 1, last_144_blocks: null, last_day: null },
    timestamps: [10, 20],
    prices: [1, 2],
  };

  it.each([
    ["of another number", { ...history, number: 2 ** 52 }],
    ["of another term", { ...history, term: 4 }],
    ["of unequal columns", { ...history, prices: [1] }],
    ["that does not ascend", { ...history, timestamps: [20, 10] }],
  ])("a history %s, and reads it again after 2 s", async (_, value) => {
    const bench = await Bench.following();
    bench.lease({ history_number: 1 });
    bench.put("history", await packJson(value));
    await bench.step();
    expect(bench.edgeState.confirmedPrices()).toEqual([]);
    bench.put("history", await packJson(history));
    await bench.step();
    expect(bench.edgeState.confirmedPrices()).toEqual([]);
    bench.nowMs += 2000;
    await bench.step();
    expect(bench.edgeState.confirmedPrices()).toHaveLength(2);
  });

  it.each([
    ["beyond all time", { uptime_seconds: 1e300 }],
    ["with more bytes than an answer has", { uptime_seconds: 1, more: "x".repeat(2000) }],
    ["without a time", {}],
  ])("a clock response %s", async (_, answer) => {
    const bench = new Bench();
    bench.lease();
    await bench.session.step();
    bench.deltas(1);
    bench.questions[0]?.answer(answer);
    await eventually(
      "the problem",
      () => bench.counted("problems", "clock"),
      (count) => count === 1,
    );
    expect(bench.clock.knows("a")).toBe(false);
  });
});
