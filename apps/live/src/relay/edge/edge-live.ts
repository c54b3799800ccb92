import type { MempoolSnapshotData, MempoolUpdate } from "@utxoracle/models";
import { budgets } from "../../config/budgets.ts";
import { changesSince, withChanges } from "../../state/changed-fields.ts";
import { toDigits, toMilliseconds } from "../../state/digits.ts";
import {
  EVIDENCE_LIMIT_SECONDS,
  isCurrent,
  type LiveVerdict,
  liveVerdict,
  receivedVerdict,
} from "../../state/status.ts";
import { NewestUpdates } from "../bus/newest-updates.ts";
import type { AnalyzerClock } from "./analyzer-clock.ts";
import type { FollowedUpdate } from "./live-follower.ts";

/** A message for clients: the delta, and the snapshot for clients without the previous message. */
export interface ShownUpdate {
  readonly delta: string | Uint8Array;
  readonly snapshot: () => string;
  /** Place in the sequence, for clients that resume at another edge. */
  readonly position?: { readonly epoch: string; readonly seq: number };
  /** The deltas of consecutive updates up to this one, for clients that resume. */
  readonly deltas?: readonly Uint8Array[];
}

export interface EdgeLiveOptions {
  /** Maximum age of an update before the status becomes `stale`, seconds. */
  readonly staleAfterSeconds: () => number;
  readonly clock: AnalyzerClock;
  /** Publishes an update with its time on the monotonic clock, seconds. */
  readonly show: (shown: ShownUpdate, data: MempoolSnapshotData, trueAt: number) => void;
  /** Creates an epoch for the edge's own messages. */
  readonly newEpoch: () => string;
  /** Monotonic clock, seconds. */
  readonly now: () => number;
  /** Unix seconds. */
  readonly unixNow: () => number;
}

/**
 * Live price of an edge. Forwards fresh updates unchanged, with the analyzer's epoch and sequence
 * numbers. Without fresh updates it publishes the last good price as `stale`, with an epoch of its
 * own, so that the analyzer's numbers stay unambiguous. An update that is late, or whose age is not
 * known yet, is recorded but not published: its status `ok` would be outdated.
 */
export class EdgeLive {
  readonly #options: EdgeLiveOptions;
  /** The analyzer's state after the newest update received. */
  #latest: MempoolSnapshotData | null = null;
  /** Time of the latest update on the monotonic clock; null while unknown. */
  #latestAt: number | null = null;
  /** The received deltas of consecutive updates up to {@link #latest} that were not forwarded. */
  readonly #waiting = new NewestUpdates<{ readonly bytes: Uint8Array }>(budgets.natsWaiting);
  /** The last update forwarded to clients. */
  #forwarded: MempoolSnapshotData | null = null;
  #verdict: LiveVerdict | null = null;
  /** The state last sent to clients. `own`: made by the edge, not by the analyzer. */
  #shown: { readonly data: MempoolSnapshotData; readonly own: boolean } | null = null;
  /** Time of the last forwarded update, at first of the start, on the monotonic clock. */
  #freshAt: number;

  constructor(options: EdgeLiveOptions) {
    this.#options = options;
    this.#freshAt = options.now();
  }

  /** Whether clients have been sent the status `stale` by this edge. */
  get isStale(): boolean {
    return this.#shown?.own ?? false;
  }

  /** The newest update received, published or not; null before the first. */
  get latest(): MempoolSnapshotData | null {
    return this.#latest;
  }

  /** Age of the newest update, seconds; null before the first. */
  get ageSeconds(): number | null {
    if (this.#latest === null) return null;
    const { now, unixNow } = this.#options;
    // Without a clock response only the analyzer's wall clock is known.
    return Math.max(0, this.#latestAt === null ? unixNow() - this.#latest.timestamp : now() - this.#latestAt);
  }

  /** Whether {@link ageSeconds} is from the analyzer's monotonic clock, not from its wall clock. */
  get isAgeKnown(): boolean {
    return this.#latestAt !== null;
  }

  /** Handles the next update in sequence. */
  onUpdate({ update, epoch, bytes, earlier, replaces }: FollowedUpdate): void {
    const data = this.#stateAfter(update, epoch);
    // The follower emits a snapshot before the deltas of an epoch.
    if (data === null) return;
    // The last good price may have been forged.
    if (replaces) this.#verdict = null;
    if (bytes === null) this.#waiting.take();
    for (const delta of bytes === null ? earlier : [{ bytes }]) this.#waiting.add(delta);
    this.#latest = data;
    this.#verdict = receivedVerdict(data, this.#verdict);
    this.#forwardIfFresh(data);
  }

  #stateAfter({ data }: MempoolUpdate, epoch: string): MempoolSnapshotData | null {
    if (data.snapshot) return data;
    return this.#latest?.epoch !== epoch ? null : withChanges(this.#latest, data);
  }

  /**
   * Publishes the latest update if it was waiting for the analyzer's clock. Call it after a clock
   * response.
   */
  onClock(): void {
    const latest = this.#latest;
    if (latest !== null && latest !== this.#forwarded && this.#options.clock.knows(latest.epoch))
      this.#forwardIfFresh(latest);
  }

  /** Publishes the change to `stale`. Call it often. */
  expire(): void {
    if (!this.isStale) this.tick();
  }

  /** Publishes a stale update if no fresh one arrived. Call it at every interval. */
  tick(): void {
    const before = this.#latest;
    const { newEpoch, now, show, staleAfterSeconds } = this.#options;
    if (before === null || now() - this.#freshAt <= staleAfterSeconds()) return;
    const following = this.#shown?.own === true ? this.#shown.data : null;
    const epoch = following?.epoch ?? newEpoch();
    const seq = following === null ? 0 : following.seq + 1;
    const data = this.#staleData(before, epoch, seq);
    const snapshot = (): string => textOf(data);
    const delta = following === null ? snapshot() : textOf(changesSince(following, data, []));
    this.#shown = { data, own: true };
    show({ delta, snapshot, position: { epoch, seq } }, data, now());
  }

  #forwardIfFresh(data: MempoolSnapshotData): void {
    const { clock, staleAfterSeconds, now } = this.#options;
    const age = clock.age(data.epoch, data.stats.uptime_seconds, now());
    this.#latestAt = age === null ? null : now() - age;
    if (age === null || age > staleAfterSeconds()) return;
    // Independent of the analyzer's status: a price is as old as its evidence.
    if (evidenceAge(data) + age > EVIDENCE_LIMIT_SECONDS + staleAfterSeconds()) return;
    this.#freshAt = now() - age;
    this.#forward(data);
  }

  #forward(data: MempoolSnapshotData): void {
    const { epoch, seq } = data;
    const deltas = this.#waiting.take().map(({ bytes }) => bytes);
    const before = this.#shown?.data ?? null;
    const snapshot = (): string => textOf(data);
    const [delta] = deltas.length === 1 && before?.epoch === epoch && before.seq === seq - 1 ? deltas : [];
    this.#shown = { data, own: false };
    this.#forwarded = data;
    const position = { epoch, seq };
    const shown: ShownUpdate =
      delta !== undefined
        ? { delta, snapshot, position }
        : { delta: snapshot(), snapshot, position, ...(deltas.length > 0 && { deltas }) };
    this.#options.show(shown, data, this.#freshAt);
  }

  /**
   * The last update as stale. The analyzer's connection to its node is unknown, and counts as lost.
   */
  #staleData(before: MempoolSnapshotData, epoch: string, seq: number): MempoolSnapshotData {
    const timestamp = toMilliseconds(before.timestamp + (this.ageSeconds ?? 0));
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
      window_price: null,
      timestamp,
      epoch,
      seq,
      node: {
        connected: false,
        last_message_age: age === null ? null : toDigits(age + (timestamp - before.timestamp), 0),
        missed_messages,
        resyncing: null,
        height,
        last_block_timestamp,
      },
      loading: null,
    };
  }
}

/**
 * Age of the newest payment behind a current price at the time of the update, seconds; 0 for other
 * statuses.
 */
function evidenceAge({ status, timestamp, price_timestamp }: MempoolSnapshotData): number {
  return isCurrent(status) ? timestamp - (price_timestamp ?? timestamp) : 0;
}

function textOf(data: MempoolUpdate["data"]): string {
  return JSON.stringify({ type: "mempool_update", data });
}
