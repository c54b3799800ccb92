import { HISTORY_STEPS } from "@utxoracle/models";
import { Registry } from "prom-client";
import { beforeEach, describe, expect, it } from "vitest";
import { budgets } from "../../src/config/budgets.ts";
import { PriceHistory } from "../../src/history/price-history.ts";
import { AnalyzerQueries } from "../../src/relay/bus/analyzer-queries.ts";
import { BusError } from "../../src/relay/bus/bus-error.ts";
import { packJson } from "../../src/relay/bus/packed-json.ts";
import { AskAnalyzer } from "../../src/relay/edge/ask-analyzer.ts";
import { EdgeHistory } from "../../src/relay/edge/edge-history.ts";
import { EdgeTrackRecord } from "../../src/relay/edge/edge-track-record.ts";
import { trackGauges } from "../../src/serve/metrics/track-metrics.ts";
import { deltaTick, TestState, tick } from "../http/test-state.ts";

const NOW = 1_763_810_000;
const hash = (n: number): string => n.toString(16).padStart(64, "0");

let state: TestState;
let queries: AnalyzerQueries;
/** The updates that the analyzer keeps, from number 0. */
let updates: string[];
/** An edge beside the analyzer. */
let ask: AskAnalyzer;

beforeEach(() => {
  state = new TestState();
  state.clock = NOW;
  updates = [0, 1, 2].map((seq) => JSON.stringify({ type: "mempool_update", data: deltaTick({ seq }) }));
  queries = new AnalyzerQueries(state, (seq) => updates.slice(seq));
  ask = new AskAnalyzer(
    (query) =>
      new Promise((resolve) => void queries.respond({ data: Buffer.from(query), respond: (data) => resolve(data) })),
  );
});

const times = (history: PriceHistory, step: 10 | 60 | 600): number[] =>
  history
    .rows({ step, from: 0, to: Math.floor((NOW - 10) / step) * step })
    .flatMap(({ time, status }) => (status === "missing" ? [] : [time]));

it("answers without data where the server does not accept the message", async () => {
  for (let time = NOW - 4000; time <= NOW - 10; time += 10) state.published.record(tick({ timestamp: time }));
  let maxPayload = 1_000_000;
  const bounded = new AnalyzerQueries(
    state,
    () => [],
    () => maxPayload,
  );
  const sizeOfAnswer = async (): Promise<number> =>
    await new Promise((resolve, reject) => {
      const respond = (data: Uint8Array): void => resolve(data.byteLength);
      bounded.respond({ data: Buffer.from("history 10"), respond }).catch(reject);
    });
  const size = await sizeOfAnswer();
  expect(size).toBeGreaterThan(100);
  maxPayload = size - 1;
  expect(await sizeOfAnswer()).toBe(0);
});

describe("an edge", () => {
  it("has the history of its analyzer, with what it missed, and keeps its own rows", async () => {
    for (let time = NOW - 4000; time <= NOW - 10; time += 10) state.published.record(tick({ timestamp: time }));
    const own = new PriceHistory();
    own.record(tick({ timestamp: NOW - 2000, price: 1234 }));
    own.record(tick({ timestamp: NOW - 100, price: 1234 }));
    let epoch: string | null = null;
    const edge = new EdgeHistory({
      analyzer: ask,
      history: own,
      epoch: () => epoch,
      now: () => 0,
      periodMs: 600_000,
      retryMs: 5000,
    });
    await edge.step();
    expect(times(own, 10)).toHaveLength(2);
    epoch = "a";
    await edge.step();
    for (const { stepSeconds } of HISTORY_STEPS)
      expect(times(own, stepSeconds)).toEqual(times(state.published, stepSeconds));
    const at = own.rows({ step: 10, from: NOW - 2000, to: NOW - 2000 });
    expect(at[0]).toMatchObject({ price: 1234 });
  });

  it("reads the history again after a failure, a change of the analyzer, and the period", async () => {
    let now = 0;
    let epoch = "a";
    let reads = 0;
    let isDown = true;
    const edge = new EdgeHistory({
      analyzer: {
        history: async (step) => {
          reads++;
          return isDown ? null : await ask.history(step);
        },
      },
      history: new PriceHistory(),
      epoch: () => epoch,
      now: () => now,
      periodMs: 600_000,
      retryMs: 5000,
    });
    const readsAt = async (time: number): Promise<number> => {
      reads = 0;
      now = time;
      await edge.step();
      return reads;
    };
    expect(await readsAt(0)).toBe(1);
    expect(await readsAt(4000)).toBe(0);
    isDown = false;
    expect(await readsAt(6000)).toBe(3);
    expect(await readsAt(500_000)).toBe(0);
    epoch = "b";
    expect(await readsAt(500_001)).toBe(3);
    expect(await readsAt(1_200_000)).toBe(3);
  });

  it("has the points of a block that its analyzer has", async () => {
    const points = { tip: hash(1), hash: hash(7), txid: [hash(70)], vout: [0], amount: [0.001], price: [100_000] };
    state.pointsOfBlocks = [points];
    expect(await ask.blockPoints(hash(7), hash(1))).toEqual(points);
    expect(await ask.blockPoints(hash(8), hash(1))).toBeNull();
  });

  it("has the updates of its analyzer as they were published", async () => {
    const missed = await ask.updates("k3v9", 1);
    expect(missed?.map(({ bytes }) => String(bytes))).toEqual(updates.slice(1));
    expect(missed?.map(({ update }) => update.data.seq)).toEqual([1, 2]);
    expect(await ask.updates("k3v9", 3)).toEqual([]);
  });

  it.each([
    ["more than it keeps", () => Array.from({ length: budgets.natsWaiting.count + 1 }, () => updates[0])],
    ["one with too many bytes", () => [`${updates[0]}${" ".repeat(budgets.natsDelta.bytes)}`]],
    ["one that is no update", () => [updates[0], "{}"]],
    ["no texts", () => [JSON.parse(updates[0] as string)]],
    ["no list", () => ({ length: 0 })],
  ])("has no updates when the answer is %s", async (_, answer) => {
    expect(await new AskAnalyzer(() => packJson(answer())).updates("k3v9", 0)).toBeNull();
  });

  it.each([
    ["no analyzer answers", () => Promise.reject(new BusError("no_answer", "none"))],
    ["the answer is no gzip", async () => Buffer.from("{}")],
    ["the columns are of unequal length", () => packJson({ ...COLUMNS, price: [] })],
    ["the times do not ascend", () => packJson({ ...COLUMNS, time: [NOW, NOW - 10] })],
    ["the step is another", () => packJson({ ...COLUMNS, step: 60 })],
  ])("has no history when %s", async (_, send) => {
    expect(await new AskAnalyzer(send).history(10)).toBeNull();
  });
});

const COLUMNS = {
  ...{ step: 10, from: NOW - 100, to: NOW, time: [NOW - 10, NOW], price: [1, 2] },
  ...{ low: [1, 1], high: [2, 2], status: ["ok", "ok"] },
};

it("answers more queries at once than the budget without data", async () => {
  const asked = Array.from({ length: budgets.natsQueries.count + 5 }, () => ask.history(10));
  expect((await Promise.all(asked)).filter((answer) => answer === null)).toHaveLength(5);
  expect(await ask.history(10)).not.toBeNull();
});

it("an edge has the track record of its analyzer, asked once a minute, again soon after a failure", async () => {
  for (let time = NOW - 600; time <= NOW; time += 10) state.tracked.record(tick({ timestamp: time }));
  let seconds = 0;
  let asked = 0;
  let isDown = true;
  const edge = new EdgeTrackRecord(
    {
      trackRecord: async (days) => {
        asked++;
        return isDown ? null : await ask.trackRecord(days);
      },
    },
    () => seconds,
  );
  expect(await edge.of(7)).toBeNull();
  isDown = false;
  seconds = 5;
  expect(await edge.of(7)).toEqual(state.tracked.report(7, NOW));
  seconds = 64;
  await edge.of(7);
  expect(asked).toBe(2);
  seconds = 66;
  await edge.of(7);
  expect(asked).toBe(3);
});

it("an edge has the metrics of its analyzer's track record, and none once the analyzer is gone", async () => {
  for (let time = NOW - 600; time <= NOW; time += 10) state.tracked.record(tick({ timestamp: time }));
  let seconds = 0;
  let isDown = false;
  const edge = new EdgeTrackRecord(
    { trackRecord: async (days) => (isDown ? null : await ask.trackRecord(days)) },
    () => seconds,
  );
  const registry = new Registry();
  trackGauges(registry, (days) => edge.latest(days));
  const okShare = async (): Promise<string | undefined> =>
    /^utxoracle_track_status_ratio\{days="7",status="ok"\} (\S+)$/m.exec(await registry.metrics())?.[1];
  // A scrape does not wait for the analyzer: the next one has its answer.
  expect(await okShare()).toBeUndefined();
  await edge.of(7);
  expect(Number(await okShare())).toBe(state.tracked.report(7, NOW).shares?.ok ?? Number.NaN);
  isDown = true;
  seconds = 61;
  await edge.of(7);
  expect(await okShare()).toBeUndefined();
});
