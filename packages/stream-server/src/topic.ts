import { EncodedMessage } from "./encoded-message.ts";

/** One update of a topic as its publisher hands it over. */
export interface Publication {
  /** What changed, for the clients that have everything up to the update before. UTF-8 text. */
  readonly delta: string | Uint8Array;
  /**
   * The whole state as of this very update, for a client that comes new or was left behind. Called at most once, only
   * when somebody needs it, at any time until the next update.
   */
  readonly snapshot: () => string | Uint8Array;
}

/** How a topic is served. */
export interface TopicOptions {
  /**
   * Minimum time between two snapshots of this topic that one client requests, ms; default: none but the limit
   * `snapshotIntervalMs` on requests. For a large state: a client has it from connecting, and its updates since.
   */
  readonly snapshotIntervalMs?: number;
}

/** One kind of message on a channel, as its publisher sees it. */
export interface Topic {
  readonly name: string;
  /** Sends the update to every client: the delta to those that have the one before, the snapshot to the others. */
  publish(publication: Publication): void;
}

/** A topic's latest state and its last few updates. */
export class TopicState implements Topic {
  readonly name: string;
  readonly snapshotIntervalMs: number;
  /** Counts the updates published; 0 before the first. */
  version = 0;
  readonly #recentMax: number;
  /** The updates up to `version`, oldest first, at most `recentMax`. */
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

  /** The update that led to `version`; null when it is no longer held. */
  update(version: number): EncodedMessage | null {
    return this.#recent[this.#recent.length - 1 - (this.version - version)] ?? null;
  }

  /** The state as of `version`; null before the first update, or when its publisher could not make it. */
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
