import type { FeedMessage } from "@utxoracle/zmq-source";

/** This many transactions over this many seconds without a `sequence` message for any of them: the topic does not arrive. */
const MUTE_TRANSACTIONS = 100;
const MUTE_SECONDS = 10;

/**
 * Detects that `sequence` is subscribed to at an address that does not publish it: the connection stands, since another
 * topic's publisher answers, but nothing arrives. The node's own report does not help where addresses are mapped.
 */
export class SequenceWatch {
  #received = false;
  #transactions = 0;
  #firstTimestamp: number | null = null;
  #isMute = false;

  /** Whether the topic certainly does not arrive. */
  get isMute(): boolean {
    return this.#isMute;
  }

  /** @returns whether it has just become certain that the topic does not arrive. */
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
