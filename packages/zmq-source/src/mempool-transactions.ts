import type { RawTransaction } from "@utxoracle/models";
import { checkKinds, checkOptions } from "./argument.ts";
import { parseEndpoint } from "./endpoint.ts";
import { ZmqSourceError } from "./error.ts";
import { type NodeFeed, streamNodeFeed } from "./node-feed.ts";
import { type FeedOptions, feedOptionKinds } from "./node-feed-options.ts";

/** Options of {@link streamMempoolTransactions}. */
export interface MempoolTransactionsOptions extends FeedOptions {
  /** Address of `rawtx`, e.g. `tcp://127.0.0.1:28332`. */
  readonly endpoint: string;
}

/**
 * Yields every transaction that a node publishes on `rawtx`. The node publishes a transaction again
 * with its block, after a reorganization and after a restart: count txids, not messages. Connection
 * problems are reported to `onEvent`.
 *
 * @throws {ZmqSourceError} if an option is invalid or no socket can be opened
 * @example
 * for await (const { rawBytes } of streamMempoolTransactions({ endpoint: "tcp://127.0.0.1:28332", signal }))
 *   console.log(rawBytes.length);
 */
export function streamMempoolTransactions(options: MempoolTransactionsOptions): AsyncIterableIterator<RawTransaction> {
  checkOptions(options, '{ endpoint: "tcp://127.0.0.1:28332" }');
  checkKinds(
    options,
    { endpoint: "any", ...feedOptionKinds },
    (name, problem) => new ZmqSourceError("invalid_option", name, problem),
  );
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
    // The feed has only this topic.
    if (done === true || value.topic !== "rawtx") return { done: true, value: undefined };
    return { done: false, value: { rawBytes: value.rawBytes, timestamp: value.timestamp, topic: "rawtx" } };
  }

  async return(): Promise<IteratorResult<RawTransaction, undefined>> {
    await this.#feed.return?.();
    return { done: true, value: undefined };
  }
}
