import { ConfirmedBlocks } from "./confirmed-blocks.ts";
import type { ConfirmedData, MempoolData } from "./contracts.ts";
import { PointColumns } from "./point-columns.ts";
import { PriceHistory } from "./price-history.ts";
import { readServerMessage } from "./read-message.ts";
import type { MessageCounts } from "./stream-client-options.ts";
import { StreamClock } from "./stream-clock.ts";
import { isVouchedFor } from "./stream-state.ts";
import { TickOrder } from "./tick-order.ts";

/** Points older than the oldest one on the age axis by this much are forgotten; the margin lets a clock step back. */
const FORGET_MARGIN_SECONDS = 60;
/** Between ticks further apart than this the price line is broken: nobody knows how the price went. */
const LINE_GAP_SECONDS = 15;
/** And by so many times the stream's own interval. */
const LINE_GAP_INTERVALS = 2.5;
/** Hours of the confirmed side before a message says how many. */
export const CONFIRMED_HOURS = 3;

/** What the chart knows: the messages applied so far, as columns that can be drawn. */
export class ChartModel {
  readonly mempool: PointColumns;
  readonly confirmed: ConfirmedBlocks;
  readonly history: PriceHistory = new PriceHistory();
  readonly clock: StreamClock = new StreamClock();
  readonly counts: MessageCounts = { applied: 0, malformed: 0, unknown: 0, duplicate: 0, reordered: 0, gap: 0 };
  /** The last tick's data. */
  live: MempoolData | null = null;
  /** The last confirmed update's data, without its points. */
  chain: ConfirmedData | null = null;
  /** Whether the last tick was given by hand, not by the stream's client. */
  liveByHand = false;
  /** Local monotonic seconds of the last tick. */
  tickedAt = Number.NaN;
  /** Seconds between two ticks by the server's steady clock; null before the second. */
  intervalSeconds: number | null = null;
  /** The run of the server of which it was learned. */
  #intervalEpoch: string | null = null;
  readonly #order = new TickOrder();
  readonly #oldestAgeSeconds: number;
  /** Whether a confirmed update came after the last tick: it is of the world that the next tick is of. */
  #chainIsNews = false;

  constructor(pointsMax: number, oldestAgeSeconds: number) {
    this.mempool = new PointColumns(pointsMax);
    this.confirmed = new ConfirmedBlocks(pointsMax);
    this.#oldestAgeSeconds = oldestAgeSeconds;
  }

  /**
   * Applies a message, or counts why not.
   * @param now local monotonic time in seconds.
   * @param judged whether the message's place in the stream was judged already (by the stream's client).
   * @returns whether anything changed.
   */
  apply(message: unknown, now: number, judged: boolean): boolean {
    const read = readServerMessage(message, "anything");
    if (read.message === null) {
      this.counts[read.reason]++;
      return false;
    }
    if (read.message.type === "mempool_update") {
      const data: MempoolData = read.message.data;
      const { seq, epoch } = data;
      if (!judged && seq !== undefined && epoch !== undefined) {
        const verdict = this.#order.judge({ seq, epoch, snapshot: data.snapshot ?? false });
        if (verdict !== "apply") {
          this.counts[verdict]++;
          return false;
        }
      }
      this.#applyMempool(data, now);
      this.liveByHand = !judged;
    } else if (read.message.type === "confirmed_update") {
      const verdict = this.#judgeConfirmed(read.message.data);
      if (verdict !== "apply") {
        this.counts[verdict]++;
        return false;
      }
      this.#applyConfirmed(read.message.data);
    } else return false;
    this.counts.applied++;
    return true;
  }

  /**
   * A confirmed update has no number, but a delta brings a block above the last one: after a reorganisation comes a
   * snapshot. Applied again it would draw the block's points twice.
   */
  #judgeConfirmed({ snapshot, height }: ConfirmedData): "apply" | "duplicate" | "reordered" {
    const last = this.chain?.height ?? null;
    if (snapshot || last === null || height == null || height > last) return "apply";
    return height === last ? "duplicate" : "reordered";
  }

  #applyMempool(update: MempoolData, now: number): void {
    const data = consistent(update);
    // Another source or chain is another world: neither its points nor its prices continue what was.
    if (differ(this.live?.source, data.source) || differ(this.live?.chain, data.chain)) {
      this.clock.reset();
      this.history.clear();
      this.mempool.clear();
      if (!this.#chainIsNews) {
        this.confirmed.reset([], { first: null, last: null });
        this.chain = null;
      }
    }
    this.#chainIsNews = false;
    if (data.snapshot) this.mempool.clear();
    for (const point of data.transactions ?? []) this.mempool.push(point);
    this.#learnInterval(data);
    const { timestamp } = data;
    if (timestamp !== undefined) {
      const gap = Math.max(LINE_GAP_SECONDS, LINE_GAP_INTERVALS * (this.intervalSeconds ?? 0));
      // A stream that went back in time (a replay begun anew) has no line to continue.
      if (timestamp < this.clock.latest - LINE_GAP_SECONDS) this.history.clear();
      else if (timestamp > this.clock.latest + gap && now - this.tickedAt > gap) this.history.break(this.clock.latest);
      this.clock.tick(timestamp, now);
      // A stale price is no news: the line ends where the news ended.
      const current = data.status !== "stale" && data.price != null;
      const price = current ? (data.price as number) : null;
      this.history.push(timestamp, price, current ? (data.interval ?? null) : null, isVouchedFor(data));
      this.mempool.dropBefore(timestamp - this.#oldestAgeSeconds - FORGET_MARGIN_SECONDS);
    }
    this.live = { ...data, transactions: [] };
    this.tickedAt = now;
  }

  /**
   * From two ticks that follow one another. Neither their own times will do, since a replay may be played at any speed, nor
   * when they came; one of them may have been late, so the least counts.
   */
  #learnInterval({ seq, epoch, stats }: MempoolData): void {
    const before = this.live;
    if (seq === undefined || epoch === undefined || before?.epoch !== epoch || before.seq !== seq - 1) return;
    const seconds = (stats?.uptime_seconds ?? 0) - (before.stats?.uptime_seconds ?? 0);
    if (!(seconds > 0)) return;
    this.intervalSeconds = this.#intervalEpoch === epoch ? Math.min(seconds, this.intervalSeconds ?? seconds) : seconds;
    this.#intervalEpoch = epoch;
  }

  #applyConfirmed(update: ConfirmedData): void {
    const data = consistent(update);
    const points = data.transactions ?? [];
    const height = data.height ?? null;
    if (data.snapshot)
      this.confirmed.reset(points, {
        first: data.window?.first_height ?? null,
        last: data.window?.last_height ?? height,
      });
    else this.confirmed.append(points, height);
    const newest = this.confirmed.blocks.at(-1)?.timestamp;
    const hours = data.window?.hours ?? CONFIRMED_HOURS;
    // Twice the window, because the axis may begin earlier than the window's first block.
    if (newest !== undefined) this.confirmed.dropBefore(newest - 2 * 3600 * Math.max(hours, CONFIRMED_HOURS));
    this.chain = { ...data, transactions: [] };
    this.#chainIsNews = true;
  }
}

/** A state that has no price is shown without one, whatever the message says beside it; an interval upside down is none. */
function consistent<T extends MempoolData | ConfirmedData>(data: T): T {
  if (data.status === "warming_up" || data.status === "no_estimate") return { ...data, price: null, interval: null };
  const { interval } = data;
  return interval != null && interval.low > interval.high ? { ...data, interval: null } : data;
}

/** Whether both are known and not the same. */
function differ(before: string | null | undefined, after: string | null | undefined): boolean {
  return before != null && after != null && before !== after;
}
