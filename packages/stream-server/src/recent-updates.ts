import type { EncodedMessage } from "./encoded-message.ts";
import { eventIdOf, type StreamPosition } from "./stream-position.ts";

/** More than the updates of a minute at the shortest interval. */
const MAX_AMBIGUOUS = 10_000;

/** An update that may be sent to clients that resume. */
interface KeptUpdate {
  readonly message: EncodedMessage;
  readonly keptAtMs: number;
  /** Serial number of the update that this one continues; -1 if that was never kept. */
  readonly previous: number;
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
  /** Published updates, oldest first. */
  readonly #published: EncodedMessage[] = [];
  /** For clients that resume, by serial number. */
  readonly #kept: KeptUpdate[] = [];
  #keptBytes = 0;
  /** Serial number of the first kept update. */
  #firstSerial = 0;
  /**
   * Positions whose number was published again later. A client that names one may have either
   * update.
   */
  readonly #ambiguous = new Set<string>();

  constructor(limits: RecentUpdatesLimits) {
    this.#limits = limits;
  }

  /**
   * @param resume the same change since an earlier position, update by update; default: `message`,
   *   which continues the update added before.
   */
  add(message: EncodedMessage, resume: readonly EncodedMessage[] | null, nowMs: number): void {
    const { recentUpdates } = this.#limits;
    this.#published.push(message);
    // Older ones are only merged or sent to few clients, so their encodings are not kept.
    if (this.#published.length > recentUpdates) this.#published.shift()?.dropEncodings();
    let previous = this.#lastSerial;
    if (resume !== null) {
      const first = resume[0]?.position ?? null;
      previous = first === null ? -1 : this.#serialOf({ epoch: first.epoch, seq: first.seq - 1 });
    }
    for (const kept of resume ?? [message]) {
      this.#markAmbiguous(kept.position);
      this.#kept.push({ message: kept, keptAtMs: nowMs, previous });
      this.#keptBytes += kept.byteLength;
      previous = this.#lastSerial;
    }
    while (this.#kept.length > recentUpdates && !this.#isForResume(this.#kept[0], nowMs)) {
      this.#keptBytes -= this.#kept.shift()?.message.byteLength ?? 0;
      this.#firstSerial += 1;
    }
  }

  /** @param back 0 for the latest update */
  at(back: number): EncodedMessage | null {
    return this.#published[this.#published.length - 1 - back] ?? null;
  }

  /**
   * The updates from a position to the latest one, oldest first; null if one is not kept, or the
   * position is ambiguous.
   */
  after(position: StreamPosition): EncodedMessage[] | null {
    if (this.#ambiguous.has(eventIdOf(position))) return null;
    const missed: EncodedMessage[] = [];
    for (let serial = this.#lastSerial; ; ) {
      const update = this.#kept[serial - this.#firstSerial];
      if (update === undefined) return null;
      if (isAt(update, position)) return missed.reverse();
      missed.push(update.message);
      serial = update.previous;
    }
  }

  get #lastSerial(): number {
    return this.#firstSerial + this.#kept.length - 1;
  }

  /** -1 if there is none, or several. */
  #serialOf(position: StreamPosition): number {
    if (this.#ambiguous.has(eventIdOf(position))) return -1;
    const index = this.#kept.findIndex((update) => isAt(update, position));
    return index === -1 ? -1 : this.#firstSerial + index;
  }

  /**
   * A publisher may go back in its sequence, e.g. after a forged number. Updates from there on have
   * other contents.
   */
  #markAmbiguous(next: StreamPosition | null): void {
    if (next === null) return;
    for (let index = this.#kept.length - 1; index >= 0; index--) {
      const position = this.#kept[index]?.message.position ?? null;
      if (position?.epoch !== next.epoch) continue;
      if (position.seq < next.seq) break;
      this.#ambiguous.add(eventIdOf(position));
    }
    for (const oldest of this.#ambiguous) {
      if (this.#ambiguous.size <= MAX_AMBIGUOUS) break;
      this.#ambiguous.delete(oldest);
    }
  }

  #isForResume(update: KeptUpdate | undefined, nowMs: number): boolean {
    const { resumeMs, resumeBytes } = this.#limits;
    return update?.message.position != null && nowMs - update.keptAtMs <= resumeMs && this.#keptBytes <= resumeBytes;
  }
}

function isAt({ message: { position } }: KeptUpdate, { epoch, seq }: StreamPosition): boolean {
  return position?.seq === seq && position.epoch === epoch;
}
