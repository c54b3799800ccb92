import { ConfirmedBlocks } from "./confirmed-blocks.ts";
import type {
  ConfirmedBlock,
  ConfirmedData,
  ConfirmedPicture,
  MempoolData,
  MempoolTick,
  PricePoint,
  ServerMessage,
} from "./contracts.ts";
import { PointColumns } from "./point-columns.ts";
import { PriceHistory } from "./price-history.ts";
import { readServerMessage } from "./read-message.ts";
import { spreadPoints } from "./spread-points.ts";
import { statusHasPrice, statusTone } from "./status.ts";
import type { MessageCounts } from "./stream-client-options.ts";
import { StreamClock } from "./stream-clock.ts";
import { isReliable } from "./stream-state.ts";
import { TickOrder, type TickVerdict } from "./tick-order.ts";

/**
 * Points are dropped this long after they leave the age axis. The margin allows small clock steps.
 */
const FORGET_MARGIN_SECONDS = 60;
/** A longer gap between ticks breaks the price line, because the price in between is unknown. */
const LINE_GAP_SECONDS = 15;
/** The gap must also exceed this many tick intervals of the stream. */
const LINE_GAP_INTERVALS = 2.5;
/** Blocks kept for a picture that is not there yet. */
const NEW_BLOCKS_MAX = 20;
/** Hours of the confirmed side until a message states them. */
export const CONFIRMED_HOURS = 3;

/** The data of the chart: all messages applied so far, as columns that can be drawn. */
export class ChartModel {
  readonly mempool: PointColumns;
  readonly confirmed: ConfirmedBlocks;
  readonly history: PriceHistory = new PriceHistory();
  readonly clock: StreamClock = new StreamClock();
  readonly counts: MessageCounts = { applied: 0, malformed: 0, unknown: 0, duplicate: 0, reordered: 0, gap: 0 };
  /** Data of the last tick. */
  live: MempoolData | null = null;
  /** Data of the last confirmed update, without its points. */
  chain: ConfirmedData | null = null;
  /** Whether the last tick came from `updateData` instead of the stream. */
  liveIsManual = false;
  /** Local monotonic time of the last tick, seconds. */
  tickedAt = Number.NaN;
  /** Seconds between two ticks by the server's monotonic clock; null before the second tick. */
  intervalSeconds: number | null = null;
  /** The server's epoch in which {@link intervalSeconds} was measured. */
  #intervalEpoch: string | null = null;
  readonly #order = new TickOrder();
  readonly #oldestAgeSeconds: number;
  /**
   * Whether a confirmed update came after the last tick. It then belongs to the next tick's source.
   */
  #chainIsNews = false;
  /** Blocks that came as deltas since the last confirmed snapshot. */
  #newBlocks: { readonly points: readonly PricePoint[]; readonly height: number | null }[] = [];

  constructor(pointsMax: number, oldestAgeSeconds: number) {
    this.mempool = new PointColumns(pointsMax);
    this.confirmed = new ConfirmedBlocks(pointsMax);
    this.#oldestAgeSeconds = oldestAgeSeconds;
  }

  /**
   * Applies a message that the stream's client has checked, its order too.
   * @param now local monotonic time in seconds.
   * @returns whether anything changed.
   */
  apply(message: ServerMessage | MempoolTick, now: number): boolean {
    return this.#apply(message, now, true);
  }

  /** Checks a message from elsewhere and applies it, or counts the reason for ignoring it. */
  applyUnchecked(message: unknown, now: number): boolean {
    const read = readServerMessage(message, "anything");
    if (read.message !== null) return this.#apply(read.message, now, false);
    this.counts[read.reason]++;
    return false;
  }

  #apply(message: ServerMessage | MempoolTick, now: number, isChecked: boolean): boolean {
    if (message.type === "mempool_update") {
      const data: MempoolData & { readonly since?: number } = message.data;
      const verdict = isChecked ? "apply" : this.#judge(data);
      if (verdict !== "apply") {
        this.counts[verdict]++;
        return false;
      }
      this.#applyMempool(isChecked ? data : this.#completed(data), now);
      this.liveIsManual = !isChecked;
    } else if (message.type === "confirmed_update") {
      const verdict = this.#judgeConfirmed(message.data);
      if (verdict !== "apply") {
        this.counts[verdict]++;
        return false;
      }
      this.#applyConfirmed(message.data);
    } else return false;
    this.counts.applied++;
    return true;
  }

  /**
   * Orders ticks from elsewhere. A delta continues the last tick; other messages may have no
   * number.
   */
  #judge({ seq, epoch, snapshot = false, since }: MempoolData & { readonly since?: number }): TickVerdict {
    const isOrdered = seq !== undefined && (epoch !== undefined || (!snapshot && this.#order.epoch !== null));
    return isOrdered ? this.#order.judge({ seq, epoch, snapshot, since }) : "apply";
  }

  /** A delta from elsewhere with the unchanged fields of the tick before it. */
  #completed(data: MempoolData): MempoolData {
    return data.snapshot === false && data.epoch === undefined ? { ...this.live, ...data } : data;
  }

  /**
   * Orders confirmed updates by height, as they have no sequence number. A delta brings a higher
   * block, whose points must not be drawn twice, or the path of the same blocks. A reorganization
   * sends a snapshot.
   */
  #judgeConfirmed({ snapshot, height, path, transactions }: ConfirmedData): "apply" | "duplicate" | "reordered" {
    const last = this.chain?.height ?? null;
    if (snapshot || last === null || height == null || height > last) return "apply";
    if (height === last && path !== undefined && (transactions ?? []).length === 0) return "apply";
    return height === last ? "duplicate" : "reordered";
  }

  #applyMempool(update: MempoolData, now: number): void {
    const data = consistent(update);
    // Neither points nor prices continue after a change of source or chain.
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
    const points = data.transactions ?? [];
    if (data.snapshot) {
      this.mempool.clear();
      for (const [point, position] of spreadPoints(points)) this.mempool.push(point, position);
    } else for (const point of points) this.mempool.push(point);
    this.#learnInterval(data);
    const { timestamp } = data;
    if (timestamp !== undefined) {
      const gap = Math.max(LINE_GAP_SECONDS, LINE_GAP_INTERVALS * (this.intervalSeconds ?? 0));
      // The stream went back in time, as a restarted replay does: the old line does not continue.
      if (timestamp < this.clock.latest - LINE_GAP_SECONDS) this.history.clear();
      else if (timestamp > this.clock.latest + gap && now - this.tickedAt > gap) this.history.break(this.clock.latest);
      this.clock.tick(timestamp, now);
      // A stale price is not new: the line ends at the last fresh one.
      const current = statusTone(data.status) !== "bad" && data.price != null;
      const price = current ? (data.price as number) : null;
      this.history.push(timestamp, price, current ? (data.interval ?? null) : null, isReliable(data));
      this.mempool.dropBefore(timestamp - this.#oldestAgeSeconds - FORGET_MARGIN_SECONDS);
    }
    this.live = { ...data, transactions: [] };
    this.tickedAt = now;
  }

  /**
   * Measures the tick interval by the server's uptime. The ticks' own times do not help, as a
   * replay may run at any speed, and neither do arrival times. One of two ticks may be late, so the
   * minimum counts.
   */
  #learnInterval({ seq, epoch, stats }: MempoolData): void {
    const before = this.live;
    if (seq === undefined || epoch === undefined || before?.epoch !== epoch || before.seq !== seq - 1) return;
    const seconds = (stats?.uptime_seconds ?? 0) - (before.stats?.uptime_seconds ?? 0);
    if (!(seconds > 0)) return;
    this.intervalSeconds = this.#intervalEpoch === epoch ? Math.min(seconds, this.intervalSeconds ?? seconds) : seconds;
    this.#intervalEpoch = epoch;
  }

  /**
   * Applies the picture of the last confirmed snapshot, and again the blocks that came after it.
   * @returns whether it is the picture of the shown blocks.
   */
  applyPicture(picture: ConfirmedPicture): boolean {
    const { chain } = this;
    if (chain?.blocks?.some(({ hash }) => hash === picture.tip) !== true) return false;
    this.confirmed.resetToPicture(picture);
    const drawn = new Set(picture.blocks.map(({ time }) => time));
    for (const { points, height } of this.#newBlocks)
      if (!drawn.has(points[0]?.timestamp ?? 0)) this.confirmed.append(points, height);
    return true;
  }

  /** Whether all shown blocks are among these. */
  #shows(blocks: readonly ConfirmedBlock[]): boolean {
    const times = new Set(blocks.map(({ time }) => time));
    return this.confirmed.blocks.every(({ timestamp }) => times.has(timestamp));
  }

  #applyConfirmed(update: ConfirmedData): void {
    const data = consistent(update);
    const points = data.transactions ?? [];
    const height = data.height ?? null;
    if (data.snapshot) this.#newBlocks = [];
    else if (points.length > 0) this.#newBlocks = [...this.#newBlocks, { points, height }].slice(-NEW_BLOCKS_MAX);
    // Points that are in the picture too stay until it is there.
    const awaitsPicture = data.picture != null && points.length === 0 && this.#shows(data.blocks ?? []);
    if (data.snapshot && !awaitsPicture)
      this.confirmed.reset(points, {
        first: data.window?.first_height ?? null,
        last: data.window?.last_height ?? height,
      });
    else if (!data.snapshot) this.confirmed.append(points, height);
    const newest = this.confirmed.blocks.at(-1)?.timestamp;
    const hours = data.window?.hours ?? CONFIRMED_HOURS;
    // Twice the window, because the axis may begin before the window's first block.
    if (newest !== undefined) this.confirmed.dropBefore(newest - 2 * 3600 * Math.max(hours, CONFIRMED_HOURS));
    this.chain = { ...data, transactions: [] };
    this.#chainIsNews = true;
  }
}

/** Removes the price from a status without one, and an interval whose ends are swapped. */
function consistent<T extends MempoolData | ConfirmedData>(data: T): T {
  if (!statusHasPrice(data.status)) return { ...data, price: null, interval: null };
  const { interval } = data;
  return interval != null && interval.low > interval.high ? { ...data, interval: null } : data;
}

/** Whether both are known and differ. */
function differ(before: string | null | undefined, after: string | null | undefined): boolean {
  return before != null && after != null && before !== after;
}
