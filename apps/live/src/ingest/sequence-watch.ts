import type { FeedMessage } from "@utxoracle/zmq-source";

/** So many transactions over so many seconds without a word on `sequence`, which tells of each: it does not come at all. */
const TRANSACTIONS_WITHOUT_A_WORD = 100;
const SECONDS_WITHOUT_A_WORD = 10;

/**
 * Finds out that `sequence` is listened to where it is not published: the connection stands, since another topic's
 * publisher answers, and nothing ever comes. A node's own word is no help where its addresses are mapped to others.
 */
export class SequenceWatch {
  #heardOf = false;
  #transactions = 0;
  #firstTimestamp: number | null = null;
  #isMute = false;

  /** Whether it is certain that the topic does not come. */
  get isMute(): boolean {
    return this.#isMute;
  }

  /** A message of the feed. @returns whether it has just become certain. */
  heard(message: FeedMessage): boolean {
    if (message.topic === "sequence") {
      this.#heardOf = true;
      this.#isMute = false;
    }
    if (message.topic !== "rawtx" || this.#heardOf || this.#isMute) return false;
    this.#transactions++;
    this.#firstTimestamp ??= message.timestamp;
    this.#isMute =
      this.#transactions >= TRANSACTIONS_WITHOUT_A_WORD &&
      message.timestamp - this.#firstTimestamp >= SECONDS_WITHOUT_A_WORD;
    return this.#isMute;
  }
}
