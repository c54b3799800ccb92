import type { MempoolSnapshotData, MempoolUpdate } from "@utxoracle/models";
import { inSoak } from "@utxoracle/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets } from "../../src/config/budgets.ts";
import { AnalyzerQueries } from "../../src/relay/bus/analyzer-queries.ts";
import { NewestUpdates } from "../../src/relay/bus/newest-updates.ts";
import { AnalyzerClock } from "../../src/relay/edge/analyzer-clock.ts";
import { AskAnalyzer } from "../../src/relay/edge/ask-analyzer.ts";
import { EdgeLive, type ShownUpdate } from "../../src/relay/edge/edge-live.ts";
import { LiveFollower } from "../../src/relay/edge/live-follower.ts";
import { changesSince } from "../../src/state/changed-fields.ts";
import { TestState, tick } from "../http/test-state.ts";

const [RUNS = 50] = inSoak(1000);

const START = 1_763_810_000;
const INTERVAL = 0.5;
const STALE_AFTER = 4;
const EPOCH = "a";
/** Updates within which the price does not turn stale, with the one that ends the outage. */
const SHORT = STALE_AFTER / INTERVAL - 1;

type Shown = Omit<ShownUpdate, "snapshot"> & { readonly snapshot: MempoolSnapshotData };

const textOf = (bytes: string | Uint8Array): string => (typeof bytes === "string" ? bytes : String(Buffer.from(bytes)));
const dataOf = (text: string): MempoolUpdate["data"] => (JSON.parse(text) as MempoolUpdate).data;

/** An analyzer and an edge, at one clock. */
class World {
  now = 100;
  /** Deltas as they were published, by number. */
  readonly published: string[] = [];
  state: MempoolSnapshotData = tick({ epoch: EPOCH, seq: -1 });
  readonly #kept = new NewestUpdates<{ readonly seq: number; readonly bytes: Uint8Array }>(budgets.natsWaiting);
  readonly #ask: AskAnalyzer;
  #follower!: LiveFollower;
  #live!: EdgeLive;
  /** What the edge has published since its start. */
  shown: Shown[] = [];

  constructor() {
    const queries = new AnalyzerQueries(new TestState(), (from) =>
      this.#kept.all.flatMap(({ seq, bytes }) => (seq >= from ? [String(bytes)] : [])),
    );
    this.#ask = new AskAnalyzer(
      (query) => new Promise((respond) => void queries.respond({ data: Buffer.from(query), respond })),
    );
    this.start();
  }

  /** Starts the edge. */
  start(): void {
    const clock = new AnalyzerClock();
    clock.onReading(EPOCH, this.now, this.now, this.now);
    this.shown = [];
    this.#live = new EdgeLive({
      ...{ staleAfterSeconds: () => STALE_AFTER, clock, newEpoch: () => `own-${this.now}` },
      show: (shown) => this.shown.push({ ...shown, snapshot: dataOf(shown.snapshot()) as MempoolSnapshotData }),
      now: () => this.now,
      unixNow: () => START + this.now,
    });
    this.#follower = new LiveFollower((followed) => this.#live.onUpdate(followed));
    this.#follower.follow({ term: 1, epoch: EPOCH });
  }

  tick(isLost: boolean): void {
    this.now += INTERVAL;
    const seq = this.published.length;
    const point = {
      timestamp: START + this.now,
      price: 1e5 + seq,
      txid: seq.toString(16).padStart(64, "0"),
      vout: 0,
      amount: 0.001,
    };
    const next = tick({
      ...{ epoch: EPOCH, seq, timestamp: START + this.now, price_timestamp: START + this.now },
      stats: { ...tick().stats, uptime_seconds: this.now },
      price: 1e5 + Math.floor(seq / 3),
      transactions: [...this.state.transactions, point].slice(-20),
    });
    const data = seq === 0 ? next : changesSince(this.state, next, [point]);
    this.state = next;
    const text = JSON.stringify({ type: "mempool_update", data });
    this.published.push(text);
    const bytes = Buffer.from(text);
    this.#kept.add({ seq, bytes });
    if (!isLost) this.#follower.onDelta(JSON.parse(text) as MempoolUpdate, bytes);
    this.#live.tick();
  }

  /** @param isAnswered whether the analyzer answers. */
  async step(isAnswered: boolean): Promise<void> {
    if (!this.#follower.needsState) return;
    const missed = isAnswered ? await this.#ask.updates(EPOCH, this.#follower.nextSeq) : null;
    if (missed !== null) this.#follower.onMissed(EPOCH, missed);
    if (this.#follower.needsState && this.state.seq >= 0)
      this.#follower.onState(1, { type: "mempool_update", data: this.state });
  }
}

/**
 * @returns what is wrong for a client that was connected all the time, or that resumes: something
 *   other than the analyzer published, or a gap.
 */
function faultsOf({ shown, published }: World): string[] {
  return shown.flatMap(({ delta, position, deltas, snapshot }, index) => {
    const { epoch = "", seq = -1 } = position ?? {};
    const before = shown[index - 1]?.position;
    const text = textOf(delta);
    const isSnapshot = dataOf(text).snapshot;
    const given = deltas?.map(textOf) ?? [];
    return [
      ...(snapshot.epoch === epoch && snapshot.seq === seq ? [] : [`snapshot ${snapshot.epoch} ${snapshot.seq}`]),
      ...(isSnapshot || (before?.epoch === epoch && before.seq === seq - 1) ? [] : ["a gap"]),
      ...(isSnapshot || epoch !== EPOCH || text === published[seq] ? [] : [`another delta: ${text}`]),
      ...(given.every((each, at) => each === published[seq + 1 - given.length + at]) ? [] : ["other deltas"]),
    ].map((fault) => `${epoch} ${seq}: ${fault}`);
  });
}

describe("an edge that missed updates", () => {
  it("shows each of them once, without a snapshot, after an outage shorter than its patience", async () => {
    const outages = fc.array(fc.record({ ticks: fc.integer({ min: 1, max: 12 }), lost: fc.nat(SHORT - 2) }), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(outages, async (happenings) => {
        const world = new World();
        world.tick(true);
        await world.step(true);
        for (const { ticks, lost } of happenings) {
          for (let count = 0; count < lost; count++) world.tick(true);
          for (let count = 0; count < ticks; count++) {
            world.tick(false);
            await world.step(true);
          }
        }
        expect(faultsOf(world)).toEqual([]);
        expect(world.shown.map(({ position }) => position)).toEqual(
          world.published.slice(0, happenings.length === 0 ? 1 : undefined).map((_, seq) => ({ epoch: EPOCH, seq })),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it("has them for clients that resume, after longer outages and restarts too", async () => {
    const happening = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant("ticks" as const), count: fc.integer({ min: 1, max: 9 }) }) },
      {
        weight: 3,
        arbitrary: fc.record({ do: fc.constant("outage" as const), count: fc.integer({ min: 1, max: 20 }) }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const), count: fc.constant(0) }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant("silence" as const), count: fc.integer({ min: 1, max: 4 }) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 15 }), async (happenings) => {
        const world = new World();
        let isSilent = false;
        for (const { do: what, count } of happenings) {
          if (what === "restart") {
            expect(faultsOf(world)).toEqual([]);
            world.start();
          }
          for (let number = 0; number < count; number++) {
            world.tick(what === "outage");
            // A query without an answer: the edge continues from the state.
            isSilent ||= what === "silence";
            if (what !== "outage") await world.step(what !== "silence");
          }
        }
        for (let number = 0; number < 2; number++) {
          world.tick(false);
          await world.step(true);
        }
        expect(faultsOf(world)).toEqual([]);
        const last = world.shown.at(-1);
        expect(last?.snapshot).toEqual({ ...world.state, transactions: last?.snapshot.transactions });
        if (isSilent) return;
        // Every update that the analyzer keeps is followed by all later ones.
        const covered = new Set(
          world.shown.flatMap(({ delta, position, deltas }) =>
            position?.epoch !== EPOCH
              ? []
              : (deltas?.map((text) => dataOf(textOf(text)).seq) ??
                (dataOf(textOf(delta)).snapshot ? [] : [position.seq])),
          ),
        );
        const { length } = world.published;
        const kept = Array.from({ length: Math.min(100, length - 1) }, (_, back) => length - 1 - back);
        expect(kept.filter((seq) => !covered.has(seq))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
