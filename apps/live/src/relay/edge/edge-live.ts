import { type MempoolUpdate, type MempoolUpdateData, type PricePoint, SNAPSHOT_POINTS_MAX } from "@utxoracle/models";
import { EVIDENCE_LIMIT_SECONDS, type LiveVerdict, liveVerdict } from "../../state/status.ts";
import type { AnalyzerClock } from "./analyzer-clock.ts";
import type { FollowedUpdate } from "./live-follower.ts";

/** A message for the clients: the delta for those who have the one before, the snapshot for the others. */
export interface ShownUpdate {
  readonly delta: string | Uint8Array;
  readonly snapshot: () => string;
}

export interface EdgeLiveOptions {
  /** How old what is shown may be before clients are told that it is stale, seconds. */
  readonly staleAfterSeconds: () => number;
  readonly clock: AnalyzerClock;
  /** Sends to the clients what was true at a moment of the steady clock, seconds. */
  readonly show: (shown: ShownUpdate, data: MempoolUpdateData, trueAt: number) => void;
  /** A fresh name for the time in which the edge speaks for itself. */
  readonly newEpoch: () => string;
  /** Steady clock, seconds. */
  readonly now: () => number;
  /** Unix seconds. */
  readonly unixNow: () => number;
}

/**
 * The live side as an edge shows it. While updates come in time they are passed on as they are, under the analyzer's epoch
 * and numbers. When they do not, the edge says itself what is known: the last good price, `stale`, under an epoch of its
 * own, so that no number of the analyzer's is ever used for something else. An update that comes late, or whose age cannot
 * be told yet, is taken in but not shown: its `ok` would be one of long ago.
 */
export class EdgeLive {
  readonly #options: EdgeLiveOptions;
  #latest: MempoolUpdateData | null = null;
  /** When the latest update was true, on the steady clock; null while that cannot be told. */
  #latestAt: number | null = null;
  /** The analyzer's update that clients were given last; never given twice. */
  #passed: MempoolUpdateData | null = null;
  #points: readonly PricePoint[] = [];
  #verdict: LiveVerdict | null = null;
  /** What clients have. */
  #shown: { readonly epoch: string; readonly seq: number; readonly own: boolean } | null = null;
  /** When the update shown last, or the edge itself, was fresh, on the steady clock. */
  #freshAt: number;

  constructor(options: EdgeLiveOptions) {
    this.#options = options;
    this.#freshAt = options.now();
  }

  /** Whether clients are told that nothing comes. */
  get isStale(): boolean {
    return this.#shown?.own ?? false;
  }

  /** The newest update that came, shown or not; null before the first. */
  get latest(): MempoolUpdateData | null {
    return this.#latest;
  }

  /** How old the newest update is, seconds; null before the first. */
  get ageSeconds(): number | null {
    if (this.#latest === null) return null;
    const { now, unixNow } = this.#options;
    // An analyzer that never answered has left nothing but its wall clock.
    return Math.max(0, this.#latestAt === null ? unixNow() - this.#latest.timestamp : now() - this.#latestAt);
  }

  /** Whether {@link ageSeconds} is by the analyzer's steady clock, and not by its wall clock for want of an answer. */
  get isAgeKnown(): boolean {
    return this.#latestAt !== null;
  }

  /** The next update in its place. */
  take({ update, bytes, replaces }: FollowedUpdate): void {
    const { data } = update;
    // The last good price may have been someone else's.
    if (replaces) this.#verdict = null;
    this.#points = (data.snapshot ? data.transactions : [...this.#points, ...data.transactions]).slice(
      -SNAPSHOT_POINTS_MAX,
    );
    this.#latest = data;
    this.#verdict = verdictOf(data, this.#verdict);
    this.#passWhenFresh(data, bytes);
  }

  /** To be called when the clock has learned what time the analyzer has: what waited for that is shown. */
  clockSet(): void {
    const latest = this.#latest;
    if (latest !== null && latest !== this.#passed && this.#options.clock.knows(latest.epoch))
      this.#passWhenFresh(latest, null);
  }

  /** To be called often: says that what is shown is no longer of now, as soon as it is not. */
  expire(): void {
    if (!this.isStale) this.tick();
  }

  /** To be called at every interval: says that nothing comes, when nothing does. */
  tick(): void {
    const before = this.#latest;
    const { newEpoch, now, show, staleAfterSeconds } = this.#options;
    if (before === null || now() - this.#freshAt <= staleAfterSeconds()) return;
    const following = this.#shown?.own === true ? this.#shown : null;
    const epoch = following?.epoch ?? newEpoch();
    const seq = following === null ? 0 : following.seq + 1;
    const data = this.#staleData(before, epoch, seq);
    const snapshot = (): string => textOf({ ...data, transactions: [...this.#points], snapshot: true });
    const delta = following === null ? snapshot() : textOf(data);
    this.#shown = { epoch, seq, own: true };
    show({ delta, snapshot }, data, now());
  }

  #passWhenFresh(data: MempoolUpdateData, bytes: Uint8Array | null): void {
    const { clock, staleAfterSeconds, now } = this.#options;
    const age = clock.age(data.epoch, data.stats.uptime_seconds, now());
    this.#latestAt = age === null ? null : now() - age;
    if (age === null || age > staleAfterSeconds()) return;
    // Whatever the analyzer says: a price is as old as the evidence behind it.
    if (evidenceAge(data) + age > EVIDENCE_LIMIT_SECONDS + staleAfterSeconds()) return;
    this.#freshAt = now() - age;
    this.#pass(data, bytes);
  }

  #pass(data: MempoolUpdateData, bytes: Uint8Array | null): void {
    const { epoch, seq } = data;
    const before = this.#shown;
    const points = this.#points;
    const snapshot = (): string => textOf({ ...data, transactions: [...points], snapshot: true });
    const follows = bytes !== null && before !== null && before.epoch === epoch && before.seq === seq - 1;
    this.#shown = { epoch, seq, own: false };
    this.#passed = data;
    this.#options.show({ delta: follows ? bytes : snapshot(), snapshot }, data, this.#freshAt);
  }

  /** What is known when nothing comes: whether the node still speaks to the analyzer is not. */
  #staleData(before: MempoolUpdateData, epoch: string, seq: number): MempoolUpdateData {
    const timestamp = before.timestamp + (this.ageSeconds ?? 0);
    const verdict = liveVerdict(
      { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null },
      { now: timestamp, arrivals: [], loading: false, feedLost: true, before: this.#verdict },
    );
    const { last_message_age: age, missed_messages, height, last_block_timestamp } = before.node;
    return {
      ...before,
      price: verdict.price,
      interval: verdict.interval,
      confidence: verdict.confidence,
      status: verdict.status,
      price_timestamp: verdict.priceTimestamp,
      timestamp,
      transactions: [],
      snapshot: false,
      epoch,
      seq,
      node: {
        connected: false,
        last_message_age: age === null ? null : age + (timestamp - before.timestamp),
        missed_messages,
        resyncing: null,
        height,
        last_block_timestamp,
      },
    };
  }
}

/** Age of the newest payment behind a price that is shown as one of now, when the update was made, seconds. */
function evidenceAge({ status, timestamp, price_timestamp }: MempoolUpdateData): number {
  const isOfNow = status === "ok" || status === "low_confidence";
  return isOfNow ? timestamp - (price_timestamp ?? timestamp) : 0;
}

/** An update's verdict, as the analyzer had it when it made it. */
function verdictOf(data: MempoolUpdateData, before: LiveVerdict | null): LiveVerdict {
  const { status, price, interval, confidence } = data;
  const priceTimestamp = price === null ? null : (data.price_timestamp ?? data.timestamp);
  const verdict = { status, price, interval, confidence, priceTimestamp };
  const lastGood = before?.lastGood ?? null;
  if (price === null || priceTimestamp === null) return { ...verdict, lastGood };
  const dated = { price, interval, timestamp: priceTimestamp };
  // A stale price is the last good one that the analyzer had.
  if (status === "ok" || status === "stale") return { ...verdict, lastGood: { ...dated, status: "ok" } };
  return { ...verdict, lastGood: lastGood?.status === "ok" ? lastGood : { ...dated, status: "low_confidence" } };
}

function textOf(data: MempoolUpdateData): string {
  return JSON.stringify({ type: "mempool_update", data } satisfies MempoolUpdate);
}
