import type { FeedMessage } from "@utxoracle/zmq-source";

/**
 * The endpoint does not publish `sequence` if this many transactions arrive over this many seconds
 * without a `sequence` message.
 */
const MUTE_TRANSACTIONS = 100;
const MUTE_SECONDS = 10;

/**
 * Detects a `sequence` endpoint that does not publish the topic. The connection succeeds, because
 * another topic's publisher answers there. The node's list of topics does not help if addresses are
 * mapped, as with containers.
 */
export class SequenceWatch {
  #received = false;
  #transactions = 0;
  #firstTimestamp: number | null = null;
  #isMute = false;

  /** Whether the topic is known not to arrive. */
  get isMute(): boolean {
    return this.#isMute;
  }

  /** @returns whether this message proves that the topic does not arrive. */
  onMessage(message: FeedMessage): boolean {
    if (message.topic === "sequence") {
      this.#received = true;
      this.#isMute = false;
    }
    if (message.topic !== "rawtx" || this.#received || this.#isMute) return false;
    this.#transactions++;
    this.#firstTimestamp ??= message.timestamp;
    this.#isMute = this.#transactions >= MUTE_TRANSACTIONS && message.timestamp - this.#firstTimestamp >= MUTE_SECONDS;
    return this.#isMute;
  }
}
