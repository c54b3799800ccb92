import type { EncodedMessage } from "./encoded-message.ts";
import type { ClientKind, CloseCause, StreamEvent } from "./stream-event.ts";
import type { StreamPosition } from "./stream-position.ts";

/** Progress of a subscriber in a topic. */
export interface TopicProgress {
  /** Version of the last update sent to or dropped for the subscriber. */
  version: number;
  /** Whether the subscriber needs a snapshot before the next delta. */
  needsSnapshot: boolean;
  /** The position that it named, until it was sent something; null for none. */
  position: StreamPosition | null;
  /** Version at the last snapshot request; 0 before the first. */
  requestedVersion: number;
  /** Time of the last snapshot request, ms. */
  requestedAtMs: number;
}

/** A connected client of any kind. */
export abstract class Subscriber {
  readonly id: number;
  readonly kind: ClientKind;
  readonly address: string;
  readonly connectedAtMs: number;
  /** By index of the topic in its channel. */
  readonly progress: TopicProgress[] = [];
  droppedUpdates = 0;
  /** Whether it was reported as slow and has not caught up. */
  isSlow = false;
  /** Since when its buffer exceeds the limit for closing; null if it does not. */
  overLimitSinceMs: number | null = null;

  constructor(id: number, kind: ClientKind, address: string, connectedAtMs: number) {
    this.id = id;
    this.kind = kind;
    this.address = address;
    this.connectedAtMs = connectedAtMs;
  }

  /**
   * Runs a task for this client. An error is reported and disconnects it, so that other clients are
   * not affected.
   */
  isolate(emit: (event: StreamEvent) => void, task: () => void): void {
    try {
      task();
    } catch (error) {
      const { id, kind, address } = this;
      emit({ type: "client_failed", client: id, kind, address, error });
      this.terminate("failed");
    }
  }

  /** Whether messages can be sent; false once it is closing. */
  abstract get isOpen(): boolean;
  /** Bytes buffered in this process for this client. */
  abstract get bufferedBytes(): number;
  abstract send(message: EncodedMessage): void;
  /** Starts the closing handshake; later calls have no effect. */
  abstract close(cause: CloseCause): void;
  /** Disconnects at once. Keeps the cause of a close in progress. */
  abstract terminate(cause: CloseCause): void;
  /** Sends a ping or keep-alive if due, and closes the client if it shows no sign of life. */
  abstract heartbeat(nowMs: number): void;
}
