import type { FeedMessage } from "@utxoracle/zmq-source";

/** State of the node's mempool, as a sync finds it. */
export type MempoolVerdict =
  /** The node is starting or reading its saved mempool: what it publishes may be days old. */
  | "loading"
  /** It has read its saved mempool: what it publishes from now on is new; older messages may still be in transit. */
  | "loaded"
  /** And the window knows all of it: anything of it that arrives again is a repeat. */
  | "fetched"
  /** The node cannot be asked. */
  | "unavailable";

type RawTransactionMessage = Extract<FeedMessage, { topic: "rawtx" }>;
type SequenceMessage = Extract<FeedMessage, { topic: "sequence" }>;
type HeldMessage = RawTransactionMessage | SequenceMessage;

/** Memory of a held message in addition to its bytes. */
const MESSAGE_OVERHEAD_BYTES = 400;

export interface ArrivalGateOptions {
  readonly deliver: (message: HeldMessage) => void;
  /** Seconds after which held messages are delivered without a verdict. Default 15: longer than a retry pause of a sync. */
  readonly patienceSeconds?: number;
  /** Default 64 MiB. */
  readonly maxHeldBytes?: number;
}

/**
 * Holds transactions while the node may have restarted. A starting node publishes its whole saved mempool as if it had
 * just arrived; only RPC knows how old each transaction is. So transactions wait for a verdict: either they come over RPC
 * with their own times, or, when RPC does not serve, they are delivered as they came. The answer that everything is
 * loaded may overtake messages sent before it, so messages after it wait too, until the window knows the old ones.
 */
export class ArrivalGate {
  readonly #options: Required<ArrivalGateOptions>;
  #state: "open" | "waiting" | "shut" = "open";
  #held: HeldMessage[] = [];
  #heldBytes = 0;
  /** Index in `#held` of the first message after the node had loaded its mempool; null before that. */
  #heldSinceLoaded: number | null = null;

  constructor(options: ArrivalGateOptions) {
    this.#options = { patienceSeconds: 15, maxHeldBytes: 64 * 1024 * 1024, ...options };
  }

  /** The node may have restarted. */
  hold(): void {
    if (this.#state === "open") this.#state = "waiting";
    this.#heldSinceLoaded = null;
  }

  /** The node's mempool is in this state. */
  release(verdict: MempoolVerdict): void {
    switch (verdict) {
      case "loading":
        this.#state = "shut";
        this.#takeHeld();
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
    }
  }

  /** A transaction of the feed: delivered now, later, or not at all because RPC brings it. */
  transaction(message: RawTransactionMessage): void {
    if (this.#state === "open") this.#options.deliver(message);
    if (this.#state === "waiting") this.#keep(message, MESSAGE_OVERHEAD_BYTES + message.rawBytes.length);
  }

  /**
   * A change that the feed announces. It is delivered now, for what the window holds already; a removal also after the
   * held transactions, one of which may be the one removed.
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

  /** Delivers what is held from an index on; from now on everything as it comes. */
  #open(from: number): void {
    this.#state = "open";
    for (const message of this.#takeHeld().slice(from)) this.#options.deliver(message);
  }

  #takeHeld(): HeldMessage[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#heldSinceLoaded = null;
    return held;
  }
}
