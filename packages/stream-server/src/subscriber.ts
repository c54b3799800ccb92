import type { EncodedMessage } from "./encoded-message.ts";
import type { ClientKind, CloseCause, StreamEvent } from "./stream-event.ts";

/** How far one client has come in one topic. */
export interface TopicProgress {
  /** Version of the update that was last sent to the client or dropped for it. */
  version: number;
  /** Whether the client needs a snapshot before any delta makes sense to it. */
  needsSnapshot: boolean;
  /** Version for which the client last requested a snapshot; 0 before its first request. */
  requestedVersion: number;
  /** When that was, ms. */
  requestedAtMs: number;
}

/** One connected client, whatever its kind of connection. */
export abstract class Subscriber {
  readonly id: number;
  readonly kind: ClientKind;
  readonly address: string;
  readonly connectedAtMs: number;
  /** By the topic's index in its channel. */
  readonly progress: TopicProgress[] = [];
  droppedUpdates = 0;
  /** Whether it was told slow and has not caught up since. */
  isSlow = false;
  /** Since when its buffer has been over the limit for closing; null when it is not. */
  overLimitSinceMs: number | null = null;

  constructor(id: number, kind: ClientKind, address: string, connectedAtMs: number) {
    this.id = id;
    this.kind = kind;
    this.address = address;
    this.connectedAtMs = connectedAtMs;
  }

  /** Runs a task for this client alone: an error is reported and cuts it off, so that the others have their turn. */
  isolate(emit: (event: StreamEvent) => void, task: () => void): void {
    try {
      task();
    } catch (error) {
      const { id, kind, address } = this;
      emit({ type: "client_failed", client: id, kind, address, error });
      this.cut("failed");
    }
  }

  /** Whether messages still make sense; false once it closes. */
  abstract get isOpen(): boolean;
  /** Bytes handed over for this client that the system has not taken yet. */
  abstract get bufferedBytes(): number;
  abstract send(message: EncodedMessage): void;
  /** Starts a polite close; a second call does nothing. */
  abstract close(cause: CloseCause): void;
  /** Cuts the connection at once, for this cause unless it closes for another already. */
  abstract cut(cause: CloseCause): void;
  /** Sends a sign of life when it is due, closes the client when it gave none. */
  abstract beat(nowMs: number): void;
}
