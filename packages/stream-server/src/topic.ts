import { EncodedMessage } from "./encoded-message.ts";

/** An update of a topic. */
export interface Publication {
  /** Changes since the previous update. UTF-8 text. */
  readonly delta: string | Uint8Array;
  /**
   * Returns the full state at this update, for clients that are new or were too slow. Called at
   * most once, only if needed, at any time until the next update.
   */
  readonly snapshot: () => string | Uint8Array;
}

/** Options of a topic. */
export interface TopicOptions {
  /**
   * Minimum time between two snapshots of this topic requested by one client, ms; default 0, so
   * that only the limit `snapshotIntervalMs` applies. For large states.
   */
  readonly snapshotIntervalMs?: number;
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
  readonly #recentMax: number;
  /** Recent updates up to `version`, oldest first. */
  readonly #recent: EncodedMessage[] = [];
  readonly #onUpdate: (topic: TopicState, delta: EncodedMessage) => void;
  readonly #onSnapshotFailed: (topic: TopicState, error: unknown) => void;
  #makeSnapshot: Publication["snapshot"] | null = null;
  #snapshot: EncodedMessage | null = null;

  constructor(
    name: string,
    { snapshotIntervalMs = 0 }: TopicOptions,
    recentMax: number,
    onUpdate: (topic: TopicState, delta: EncodedMessage) => void,
    onSnapshotFailed: (topic: TopicState, error: unknown) => void,
  ) {
    this.name = name;
    this.snapshotIntervalMs = snapshotIntervalMs;
    this.#recentMax = recentMax;
    this.#onUpdate = onUpdate;
    this.#onSnapshotFailed = onSnapshotFailed;
  }

  publish(publication: Publication): void {
    const delta = new EncodedMessage(publication.delta);
    this.version += 1;
    this.#recent.push(delta);
    if (this.#recent.length > this.#recentMax) this.#recent.shift();
    this.#makeSnapshot = publication.snapshot;
    this.#snapshot = null;
    this.#onUpdate(this, delta);
  }

  /** The update to `version`; null if it is no longer stored. */
  update(version: number): EncodedMessage | null {
    return this.#recent[this.#recent.length - 1 - (this.version - version)] ?? null;
  }

  /** The snapshot at `version`; null before the first update, or if the callback threw. */
  snapshot(): EncodedMessage | null {
    if (this.#snapshot === null && this.#makeSnapshot !== null) {
      const make = this.#makeSnapshot;
      this.#makeSnapshot = null;
      try {
        this.#snapshot = new EncodedMessage(make());
      } catch (error) {
        this.#onSnapshotFailed(this, error);
      }
    }
    return this.#snapshot;
  }
}
