import type { FeedMessage } from "@utxoracle/zmq-source";

/** State of the node's mempool, reported by a sync. */
export type MempoolVerdict =
  /**
   * The node is starting or reading its saved mempool: it may publish transactions that are days
   * old.
   */
  | "loading"
  /**
   * The saved mempool is read: new messages are new transactions, but older messages may still be
   * in transit.
   */
  | "loaded"
  /** The window has the whole mempool: a transaction of it that arrives again is a repeat. */
  | "fetched"
  /** RPC failed. */
  | "unavailable";

type RawTransactionMessage = Extract<FeedMessage, { topic: "rawtx" }>;
type SequenceMessage = Extract<FeedMessage, { topic: "sequence" }>;
type HeldMessage = RawTransactionMessage | SequenceMessage;

/** Estimated memory of a held message beyond its bytes. */
const MESSAGE_OVERHEAD_BYTES = 400;

export interface ArrivalGateOptions {
  readonly deliver: (message: HeldMessage) => void;
  /**
   * Held messages are delivered without a verdict after this time, seconds. Default 15, above a
   * sync's retry pause.
   */
  readonly patienceSeconds?: number;
  /** Default 64 MiB. */
  readonly maxHeldBytes?: number;
}

/**
 * Holds transactions while the node may have restarted. A starting node publishes its saved mempool
 * as if each transaction were new; only RPC knows their ages. Held transactions are dropped once
 * RPC supplies them with their times, or delivered as they arrived if RPC fails. The RPC answer
 * "loaded" may overtake ZMQ messages sent before it, so messages after it are held too, until the
 * window has fetched the mempool.
 */
export class ArrivalGate {
  readonly #options: Required<ArrivalGateOptions>;
  #state: "open" | "waiting" | "shut" = "open";
  #held: HeldMessage[] = [];
  #heldBytes = 0;
  /** Index in `#held` of the first message after the verdict `loaded`; null before it. */
  #heldSinceLoaded: number | null = null;

  constructor(options: ArrivalGateOptions) {
    this.#options = { patienceSeconds: 15, maxHeldBytes: 64 * 1024 * 1024, ...options };
  }

  /** Starts to hold transactions: the node may have restarted. */
  hold(): void {
    if (this.#state === "open") this.#state = "waiting";
    this.#heldSinceLoaded = null;
  }

  /** Delivers, drops or keeps held messages according to the state of the node's mempool. */
  release(verdict: MempoolVerdict): void {
    switch (verdict) {
      case "loading":
        this.#state = "shut";
        this.#removeHeld();
        break;
      case "loaded":
        if (this.#state === "open") break;
        this.#state = "waiting";
        this.#heldSinceLoaded ??= this.#held.length;
        break;
      case "fetched":
        this.#open(this.#heldSinceLoaded ?? this.#held.length);
        break;
      case "unavailable":
        this.#open(0);
        break;
      default:
        verdict satisfies never;
    }
  }

  /** Delivers a transaction of the feed now, or holds it, or drops it because RPC supplies it. */
  transaction(message: RawTransactionMessage): void {
    if (this.#state === "open") this.#options.deliver(message);
    if (this.#state === "waiting") this.#keep(message, MESSAGE_OVERHEAD_BYTES + message.rawBytes.length);
  }

  /**
   * Delivers a sequence message now, for transactions in the window. A removal is also held,
   * because it may be of a held transaction.
   */
  sequence(message: SequenceMessage): void {
    this.#options.deliver(message);
    if (message.label === "R" && this.#held.length > 0) this.#keep(message, MESSAGE_OVERHEAD_BYTES);
  }

  #keep(message: HeldMessage, bytes: number): void {
    this.#held.push(message);
    this.#heldBytes += bytes;
    const waitedSeconds = message.timestamp - (this.#held[0]?.timestamp ?? message.timestamp);
    if (waitedSeconds > this.#options.patienceSeconds || this.#heldBytes > this.#options.maxHeldBytes)
      this.release("unavailable");
  }

  /** Delivers held messages from an index on, and later ones as they arrive. */
  #open(from: number): void {
    this.#state = "open";
    for (const message of this.#removeHeld().slice(from)) this.#options.deliver(message);
  }

  #removeHeld(): HeldMessage[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#heldSinceLoaded = null;
    return held;
  }
}
