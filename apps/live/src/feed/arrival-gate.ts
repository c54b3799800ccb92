import type { FeedMessage } from "@utxoracle/zmq-source";

/** What a look at the node says of its mempool. */
export type MempoolVerdict =
  /** It still reads its saved mempool (or has not come that far): what it publishes may be days old. */
  | "loading"
  /** It has read it: what it publishes from now on is new. */
  | "loaded"
  /** And the window holds all of it. */
  | "fetched"
  /** It cannot be asked. */
  | "unavailable";

type RawTransactionMessage = Extract<FeedMessage, { topic: "rawtx" }>;

export interface ArrivalGateOptions {
  readonly deliver: (message: RawTransactionMessage) => void;
  /** Seconds after which the feed is believed without a verdict. Default 15: longer than the pause between two looks at the node. */
  readonly patienceSeconds?: number;
  /** Default 64 MiB. */
  readonly maxHeldBytes?: number;
}

/**
 * A node that starts publishes its whole saved mempool as if it came just then, while only its RPC knows how old each
 * transaction is. So where a node may have been started anew, transactions wait for its verdict: they come over RPC with
 * their own times, or, when RPC does not serve, are let in as they came.
 */
export class ArrivalGate {
  readonly #options: Required<ArrivalGateOptions>;
  #state: "open" | "waiting" | "shut" = "open";
  #held: RawTransactionMessage[] = [];
  #heldBytes = 0;

  constructor(options: ArrivalGateOptions) {
    this.#options = { patienceSeconds: 15, maxHeldBytes: 64 * 1024 * 1024, ...options };
  }

  /** The node may have been started anew. */
  doubt(): void {
    if (this.#state === "open") this.#state = "waiting";
  }

  /** What the node says. */
  settle(verdict: MempoolVerdict): void {
    this.#state = verdict === "loading" ? "shut" : "open";
    if (verdict === "unavailable") this.#release();
    else if (verdict !== "loaded") this.#forget();
  }

  /** A transaction from the feed: delivered now, later, or not at all because RPC brings it. */
  transaction(message: RawTransactionMessage): void {
    if (this.#state === "open") this.#options.deliver(message);
    if (this.#state !== "waiting") return;
    this.#held.push(message);
    this.#heldBytes += message.rawBytes.length;
    const waitedSeconds = message.timestamp - (this.#held[0]?.timestamp ?? message.timestamp);
    if (waitedSeconds > this.#options.patienceSeconds || this.#heldBytes > this.#options.maxHeldBytes)
      this.settle("unavailable");
  }

  #release(): void {
    const held = this.#held;
    this.#forget();
    for (const message of held) this.#options.deliver(message);
  }

  #forget(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }
}
