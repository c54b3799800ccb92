import { checkOptions } from "./argument.ts";
import type { Clock } from "./clock.ts";
import { EncodedMessage } from "./encoded-message.ts";
import { RecentUpdates, type RecentUpdatesLimits } from "./recent-updates.ts";
import { eventIdOf, isPosition, type StreamPosition } from "./stream-position.ts";
import { StreamServerError } from "./stream-server-error.ts";

/** An update of a topic. */
export interface Publication {
  /** Changes since the previous update. UTF-8 text. */
  readonly delta: string | Uint8Array;
  /**
   * Returns the full state at this update, for clients that are new or were too slow. Called at
   * most once, only if needed, at any time until the next update.
   */
  readonly snapshot: () => string | Uint8Array;
  /**
   * Place of this update in the sequence, for clients that resume. None: clients get the snapshot.
   */
  readonly position?: StreamPosition;
  /**
   * The deltas of consecutive positions up to this one that were not published, for clients that
   * resume. `delta` is then the snapshot.
   */
  readonly deltas?: readonly (string | Uint8Array)[];
}

/** Options of a topic. */
export interface TopicOptions {
  /**
   * Minimum time between two snapshots of this topic requested by one client, ms; default 0, so
   * that only the limit `snapshotIntervalMs` applies. For large states.
   */
  readonly snapshotIntervalMs?: number;
  /**
   * Combines consecutive deltas (at least two, UTF-8) into one for a client that resumes; null if
   * it should get the snapshot. Default: they are sent one by one.
   */
  readonly merge?: (deltas: readonly Uint8Array[]) => string | Uint8Array | null;
}

/** A topic of a channel. */
export interface Topic {
  readonly name: string;
  /**
   * Sends the delta to every client that has the previous update, and the snapshot to the others.
   */
  publish(publication: Publication): void;
}

/** Latest snapshot and recent updates of a topic. */
export class TopicState implements Topic {
  readonly name: string;
  readonly snapshotIntervalMs: number;
  /** Number of published updates. */
  version = 0;
  readonly #clock: Clock;
  /** Up to `version`. */
  readonly #recent: RecentUpdates;
  readonly #merge: TopicOptions["merge"];
  /** Messages for clients that resume, by the position they name; null for the snapshot. */
  readonly #missed = new Map<string, readonly EncodedMessage[] | null>();
  #position: StreamPosition | null = null;
  readonly #onUpdate: (topic: TopicState, delta: EncodedMessage) => void;
  readonly #onFailed: (topic: TopicState, error: unknown) => void;
  #makeSnapshot: Publication["snapshot"] | null = null;
  #snapshot: EncodedMessage | null = null;

  constructor(
    name: string,
    { snapshotIntervalMs = 0, merge }: TopicOptions,
    limits: RecentUpdatesLimits,
    clock: Clock,
    onUpdate: (topic: TopicState, delta: EncodedMessage) => void,
    onFailed: (topic: TopicState, error: unknown) => void,
  ) {
    this.name = name;
    this.snapshotIntervalMs = snapshotIntervalMs;
    this.#merge = merge;
    this.#recent = new RecentUpdates(limits);
    this.#clock = clock;
    this.#onUpdate = onUpdate;
    this.#onFailed = onFailed;
  }

  publish(publication: Publication): void {
    checkPublication(publication);
    checkOptions(publication, { delta: "any", snapshot: "any", position: "any", deltas: "any" });
    const { position = null, deltas } = publication;
    if (position !== null && !isPosition(position))
      throw new StreamServerError(
        "invalid_option",
        `position: must be { epoch: text, seq: whole number }, not epoch ${String(position.epoch)}, seq ${String(position.seq)}`,
      );
    const delta = new EncodedMessage(publication.delta, position);
    const resume = deltas === undefined ? null : consecutive(deltas, position);
    this.version += 1;
    this.#position = position;
    this.#recent.add(delta, resume, this.#clock.now());
    this.#missed.clear();
    this.#makeSnapshot = publication.snapshot;
    this.#snapshot = null;
    this.#onUpdate(this, delta);
  }

  /** The update to `version`; null if it is no longer stored. */
  update(version: number): EncodedMessage | null {
    return this.#recent.at(this.version - version);
  }

  /**
   * What a client at a position has missed, the same bytes for all clients at it: one message if
   * the topic has `merge`. Null if the client needs the snapshot.
   */
  missedSince(position: StreamPosition): readonly EncodedMessage[] | null {
    const key = eventIdOf(position);
    let missed = this.#missed.get(key);
    if (missed === undefined) {
      const updates = this.#recent.after(position);
      // Not stored: clients name any position.
      if (updates === null) return null;
      missed = this.#merge === undefined || updates.length < 2 ? updates : this.#merged(updates, this.#merge);
      this.#missed.set(key, missed);
    }
    return missed;
  }

  #merged(updates: readonly EncodedMessage[], merge: NonNullable<TopicOptions["merge"]>): EncodedMessage[] | null {
    try {
      const text = merge(updates.map(({ payload }) => payload));
      return text === null ? null : [new EncodedMessage(text, this.#position)];
    } catch (error) {
      this.#onFailed(this, error);
      return null;
    }
  }

  /** The snapshot at `version`; null before the first update, or if the callback threw. */
  snapshot(): EncodedMessage | null {
    if (this.#snapshot === null && this.#makeSnapshot !== null) {
      const make = this.#makeSnapshot;
      this.#makeSnapshot = null;
      try {
        this.#snapshot = new EncodedMessage(make(), this.#position);
      } catch (error) {
        this.#onFailed(this, error);
      }
    }
    return this.#snapshot;
  }
}

/** @throws {StreamServerError} `invalid_option` without a position for each. */
function consecutive(deltas: readonly (string | Uint8Array)[], last: StreamPosition | null): EncodedMessage[] {
  if (!Array.isArray(deltas) || deltas.length === 0 || last === null || last.seq < deltas.length - 1)
    throw new StreamServerError("invalid_option", "deltas: must be a list of 1 to `position.seq + 1` texts");
  return deltas.map((delta, index) => {
    checkDelta(delta, `deltas.${index}`);
    return new EncodedMessage(delta, { epoch: last.epoch, seq: last.seq - (deltas.length - 1 - index) });
  });
}

/** @throws {StreamServerError} `invalid_option`, naming the field. */
function checkPublication(publication: Publication): void {
  if (typeof publication !== "object" || publication === null)
    throw new StreamServerError(
      "invalid_option",
      `publication: must be { delta, snapshot }, not ${String(publication)}`,
    );
  const { delta, snapshot } = publication;
  checkDelta(delta, "delta");
  if (typeof snapshot !== "function")
    throw new StreamServerError(
      "invalid_option",
      `snapshot: must be a function that returns the full state, not ${typeof snapshot}`,
    );
}

function checkDelta(delta: unknown, name: string): void {
  if (typeof delta !== "string" && !(delta instanceof Uint8Array))
    throw new StreamServerError("invalid_option", `${name}: must be text or a Uint8Array, not ${typeof delta}`);
}
