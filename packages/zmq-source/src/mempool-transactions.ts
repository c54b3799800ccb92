import type { RawTransaction } from "@utxoracle/models";
import { parseEndpoint } from "./endpoint.ts";
import { type NodeFeed, streamNodeFeed } from "./node-feed.ts";
import type { FeedOptions } from "./node-feed-options.ts";

/** Options of {@link streamMempoolTransactions}. */
export interface MempoolTransactionsOptions extends FeedOptions {
  /** Where the node publishes `rawtx`, like `tcp://127.0.0.1:28332`. */
  readonly endpoint: string;
}

/**
 * Every transaction that a node publishes on `rawtx`, as it comes. A node repeats itself (with the block, with a
 * reorganisation, at its restart): count by txid, not by message. What goes wrong on the line is told to `onEvent`.
 * @throws {ZmqSourceError} when an option is wrong or no socket can be opened.
 * @example
 * for await (const { rawBytes } of streamMempoolTransactions({ endpoint: "tcp://127.0.0.1:28332", signal }))
 *   console.log(rawBytes.length);
 */
export function streamMempoolTransactions(options: MempoolTransactionsOptions): AsyncIterableIterator<RawTransaction> {
  const { endpoint, ...rest } = options;
  parseEndpoint("endpoint", endpoint);
  return new RawTransactions(streamNodeFeed({ ...rest, endpoints: { rawtx: endpoint } }));
}

class RawTransactions implements AsyncIterableIterator<RawTransaction> {
  readonly #feed: NodeFeed;

  constructor(feed: NodeFeed) {
    this.#feed = feed;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<RawTransaction, undefined>> {
    const { done, value } = await this.#feed.next();
    // The feed has one topic only.
    if (done === true || value.topic !== "rawtx") return { done: true, value: undefined };
    return { done: false, value: { rawBytes: value.rawBytes, timestamp: value.timestamp, topic: "rawtx" } };
  }

  async return(): Promise<IteratorResult<RawTransaction, undefined>> {
    await this.#feed.return?.();
    return { done: true, value: undefined };
  }
}
