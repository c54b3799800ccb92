import type { BusLease, BusLiveState, MempoolUpdate } from "@utxoracle/models";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { type BusKey, originHeaders } from "../../src/bus/bus-names.ts";
import { packJson } from "../../src/bus/packed-json.ts";
import { AnalyserClock } from "../../src/edge/analyser-clock.ts";
import { BusReader } from "../../src/edge/bus-reader.ts";
import { EdgeBoard } from "../../src/edge/edge-board.ts";
import { EdgeConfirmed } from "../../src/edge/edge-confirmed.ts";
import { createEdgeMetrics } from "../../src/edge/edge-metrics.ts";
import { EdgeSession } from "../../src/edge/edge-session.ts";
import { LiveFollower } from "../../src/edge/live-follower.ts";
import { createLogger } from "../../src/logging/create-logger.ts";
import { eventually } from "../e2e/service-process.ts";
import { tick } from "../http/board.ts";

/** A session at a bus that answers when the test lets it. */
function session() {
  const registry = new Registry();
  const clock = new AnalyserClock();
  const questions: { epoch: string; answer: (uptime: number) => void; refuse: () => void }[] = [];
  const values = new Map<BusKey, Uint8Array>();
  const given: number[] = [];
  const reader = new BusReader(
    {
      read: async (key) => {
        const value = values.get(key);
        return value === undefined ? null : { value, revision: 1 };
      },
    },
    (epoch) =>
      new Promise((resolve, reject) => {
        questions.push({
          epoch,
          answer: (uptime_seconds) => resolve(new TextEncoder().encode(JSON.stringify({ uptime_seconds }))),
          refuse: () => reject(new Error("no responders")),
        });
      }),
  );
  const situation = {
    connected: true,
    problem: null,
    stale: false,
    ageSeconds: null,
    isAgeKnown: false,
    epoch: null,
  };
  const confirmed = new EdgeConfirmed(() => undefined);
  const made = new EdgeSession({
    reader,
    follower: new LiveFollower(({ update }) => given.push(update.data.seq)),
    clock,
    confirmed,
    board: new EdgeBoard(
      () => situation,
      () => confirmed.data,
      () => 1,
    ),
    metrics: createEdgeMetrics(registry, () => ({ connected: true, ageSeconds: null, analyser: null })),
    log: createLogger({ format: "json", level: "fatal" }),
    onClock: () => undefined,
    onInterval: () => undefined,
    now: () => 1000,
  });
  const problems = async (what: string): Promise<number> => {
    const metric = await registry.getSingleMetric("utxoracle_edge_problems_total")?.get();
    return metric?.values.find(({ labels }) => labels["what"] === what)?.value ?? 0;
  };
  return { made, clock, questions, values, given, problems };
}

const update = (epoch: string, seq: number, snapshot = false): MempoolUpdate => ({
  type: "mempool_update",
  data: tick({ epoch, seq, snapshot }),
});

function delta(term: number, epoch: string, seq: number) {
  const headers: Record<string, string> = {
    [originHeaders.analyser]: epoch,
    [originHeaders.term]: String(term),
  };
  return {
    data: new TextEncoder().encode(JSON.stringify(update(epoch, seq))),
    header: (name: string) => headers[name],
  };
}

describe("an edge at the bus", () => {
  it("asks a new leader at once, though the one before never answers, and takes no answer of that one any more", async () => {
    const { made, clock, questions, problems } = session();
    made.delta(delta(1, "stopped", 7));
    made.delta(delta(1, "stopped", 8));
    made.delta(delta(2, "next", 0));
    expect(questions.map(({ epoch }) => epoch)).toEqual(["stopped", "next"]);
    questions[1]?.answer(50);
    await eventually(
      "the answer",
      () => clock.knows("next"),
      (known) => known,
    );
    questions[0]?.answer(900);
    made.delta(delta(1, "stopped", 9));
    await new Promise(setImmediate);
    expect(clock.knows("next")).toBe(true);
    expect(questions).toHaveLength(2);
    expect(await problems("clock")).toBe(0);
  });

  it("asks again with the next update when nobody answers, and counts it", async () => {
    const { made, questions, problems } = session();
    made.delta(delta(1, "a", 1));
    questions[0]?.refuse();
    await eventually(
      "the problem",
      () => problems("clock"),
      (count) => count === 1,
    );
    made.delta(delta(1, "a", 2));
    expect(questions).toHaveLength(2);
  });

  it("takes nothing from the bus that is not as the contracts say, and goes on", async () => {
    const { made, values, given, questions, problems } = session();
    const lease: BusLease = {
      ...{ analyser: "a", term: 3, epoch: "a", ttl_ms: 2500, released: false, fit: true },
      ...{ source: "node", chain: "main", confirmed_number: 0, history_number: 1 },
    };
    const state: BusLiveState = {
      ...{ analyser: "a", term: 3, interval_ms: 500, reasons: [], notices: [], evidence: null },
      update: update("a", 4, true),
    };
    const history = {
      ...{ analyser: "a", term: 3, number: 1, last_144_blocks: null, last_day: null },
      timestamps: [10, 20],
      prices: [1],
    };
    values.set("lease", new TextEncoder().encode(JSON.stringify(lease)));
    values.set("live", await packJson({ ...state, interval_ms: 1e9 }));
    values.set("history", await packJson(history));
    await made.step();
    expect(given).toEqual([]);
    expect([await problems("live"), await problems("history")]).toEqual([1, 1]);

    values.set("history", await packJson({ ...history, timestamps: [20, 10], prices: [1, 2] }));
    values.set("live", await packJson(state));
    const step = made.step();
    await eventually(
      "a question",
      () => questions.length,
      (count) => count === 1,
    );
    questions[0]?.answer(1);
    await step;
    expect(given).toEqual([4]);
    expect([await problems("live"), await problems("history")]).toEqual([1, 2]);
    made.delta({ data: new TextEncoder().encode("{"), header: () => "3" });
    made.delta(delta(3, "a", 5));
    expect(given).toEqual([4, 5]);
  });
});
