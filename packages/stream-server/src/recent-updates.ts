import type { EncodedMessage } from "./encoded-message.ts";
import { eventIdOf, type StreamPosition } from "./stream-position.ts";

/** More than the updates of a minute at the shortest interval. */
const MAX_AMBIGUOUS = 10_000;

/** A published update. */
interface RecentUpdate {
  readonly message: EncodedMessage;
  readonly position: StreamPosition | null;
  readonly publishedAtMs: number;
}

/** Limits of {@link RecentUpdates}. */
export interface RecentUpdatesLimits {
  /** Updates to keep in any case. */
  readonly recentUpdates: number;
  /** Updates with a position are kept this long, ms, … */
  readonly resumeMs: number;
  /** … within this total of bytes. */
  readonly resumeBytes: number;
}

/** The latest updates of a topic, for clients that are served late or that resume. */
export class RecentUpdates {
  readonly #limits: RecentUpdatesLimits;
  /** Oldest first. */
  readonly #updates: RecentUpdate[] = [];
  #bytes = 0;
  /**
   * Positions whose number was published again later. A client that names one may have either
   * update.
   */
  readonly #ambiguous = new Set<string>();
  #latest: StreamPosition | null = null;

  constructor(limits: RecentUpdatesLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#updates.length;
  }

  add(message: EncodedMessage, position: StreamPosition | null, nowMs: number): void {
    if (position !== null) this.#markAmbiguous(position);
    this.#updates.push({ message, position, publishedAtMs: nowMs });
    this.#bytes += message.byteLength;
    const { recentUpdates } = this.#limits;
    while (this.#updates.length > recentUpdates && !this.#isForResume(this.#updates[0], nowMs))
      this.#bytes -= this.#updates.shift()?.message.byteLength ?? 0;
    // Older ones are only merged or sent to few clients, so their encodings are not kept.
    this.#updates.at(-1 - recentUpdates)?.message.dropEncodings();
  }

  /** @param back 0 for the latest update */
  at(back: number): EncodedMessage | null {
    return this.#updates[this.#updates.length - 1 - back]?.message ?? null;
  }

  /** Number of updates after the one at a position; null if it is not kept, or ambiguous. */
  countAfter({ epoch, seq }: StreamPosition): number | null {
    if (this.#ambiguous.has(eventIdOf({ epoch, seq }))) return null;
    for (let index = this.#updates.length - 1; index >= 0; index--) {
      const position = this.#updates[index]?.position;
      if (position?.seq === seq && position.epoch === epoch) return this.#updates.length - 1 - index;
    }
    return null;
  }

  /** The latest updates, oldest first. */
  last(count: number): EncodedMessage[] {
    return this.#updates.slice(this.#updates.length - count).map(({ message }) => message);
  }

  /**
   * A publisher may go back in its sequence, e.g. after a forged number. Updates from there on have
   * other contents.
   */
  #markAmbiguous({ epoch, seq }: StreamPosition): void {
    const latest = this.#latest;
    this.#latest = { epoch, seq };
    if (latest?.epoch !== epoch) this.#ambiguous.clear();
    else if (seq <= latest.seq)
      for (const { position } of this.#updates)
        if (position?.epoch === epoch && position.seq >= seq) this.#ambiguous.add(eventIdOf(position));
    for (const oldest of this.#ambiguous) {
      if (this.#ambiguous.size <= MAX_AMBIGUOUS) break;
      this.#ambiguous.delete(oldest);
    }
  }

  #isForResume(update: RecentUpdate | undefined, nowMs: number): boolean {
    const { resumeMs, resumeBytes } = this.#limits;
    return update?.position != null && nowMs - update.publishedAtMs <= resumeMs && this.#bytes <= resumeBytes;
  }
}
