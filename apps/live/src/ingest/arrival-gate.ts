import type { FeedMessage } from "@utxoracle/zmq-source";

/** What a look at the node says of its mempool. */
export type MempoolVerdict =
  /** It still reads its saved mempool (or has not come that far): what it publishes may be days old. */
  | "loading"
  /** It has read it: what it publishes from now on is new, though older messages may still be under way. */
  | "loaded"
  /** And the window knows all of it: whatever of it comes again is a repeat. */
  | "fetched"
  /** It cannot be asked. */
  | "unavailable";

type RawTransactionMessage = Extract<FeedMessage, { topic: "rawtx" }>;
type SequenceMessage = Extract<FeedMessage, { topic: "sequence" }>;
type HeldMessage = RawTransactionMessage | SequenceMessage;

/** Memory that a held message takes beside its bytes. */
const MESSAGE_OVERHEAD_BYTES = 400;

export interface ArrivalGateOptions {
  readonly deliver: (message: HeldMessage) => void;
  /** Seconds after which the feed is believed without a verdict. Default 15: longer than the pause between two looks at the node. */
  readonly patienceSeconds?: number;
  /** Default 64 MiB. */
  readonly maxHeldBytes?: number;
}

/**
 * A node that starts publishes its whole saved mempool as if it came just then, while only its RPC knows how old each
 * transaction is. So where a node may have been started anew, transactions wait for its verdict: they come over RPC with
 * their own times, or, when RPC does not serve, are let in as they came. The answer that all is loaded may overtake
 * messages sent before it; so those that come after it wait too, until the window can tell the old ones among them.
 */
export class ArrivalGate {
  readonly #options: Required<ArrivalGateOptions>;
  #state: "open" | "waiting" | "shut" = "open";
  #held: HeldMessage[] = [];
  #heldBytes = 0;
  /** Where in `#held` those begin that came after the node had loaded its mempool; null while it had not. */
  #heldSinceLoaded: number | null = null;

  constructor(options: ArrivalGateOptions) {
    this.#options = { patienceSeconds: 15, maxHeldBytes: 64 * 1024 * 1024, ...options };
  }

  /** The node may have been started anew. */
  doubt(): void {
    if (this.#state === "open") this.#state = "waiting";
    this.#heldSinceLoaded = null;
  }

  /** What the node says. */
  settle(verdict: MempoolVerdict): void {
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

  /** A transaction from the feed: delivered now, later, or not at all because RPC brings it. */
  transaction(message: RawTransactionMessage): void {
    if (this.#state === "open") this.#options.deliver(message);
    if (this.#state === "waiting") this.#hold(message, MESSAGE_OVERHEAD_BYTES + message.rawBytes.length);
  }

  /**
   * A change that the feed tells of. It is delivered now, for what the window holds already; a removal also in its place
   * after the transactions that wait, of which one may be the one removed.
   */
  sequence(message: SequenceMessage): void {
    this.#options.deliver(message);
    if (message.label === "R" && this.#held.length > 0) this.#hold(message, MESSAGE_OVERHEAD_BYTES);
  }

  #hold(message: HeldMessage, bytes: number): void {
    this.#held.push(message);
    this.#heldBytes += bytes;
    const waitedSeconds = message.timestamp - (this.#held[0]?.timestamp ?? message.timestamp);
    if (waitedSeconds > this.#options.patienceSeconds || this.#heldBytes > this.#options.maxHeldBytes)
      this.settle("unavailable");
  }

  /** Delivers what is held from an index on, and from now on everything as it comes. */
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
