/** A bound on something that comes from outside. At least one of `count` and `bytes` is a number. */
export interface Budget {
  /** What is bounded, as the table in docs/security.md names it. */
  readonly what: string;
  /** Where it comes from. */
  readonly from: "clients" | "node" | "NATS" | "files" | "command line" | "the service, to its page";
  /** Scope of `count` and `bytes`: "each", "per connection", "per client", "in total". */
  readonly per: string;
  /** Maximum number; null when only bytes are bounded. */
  readonly count: number | null;
  /** Maximum size in bytes; null when only the number is bounded. */
  readonly bytes: number | null;
  /** What happens beyond the bound. */
  readonly beyond: string;
  /** Test that goes beyond it, as a path from the root of the repository. */
  readonly test: string;
}

/**
 * Every bound on outside input, in one table. The program passes these values to its packages; the table in
 * docs/security.md is generated from them (`pnpm docs:budgets`).
 */
export const budgets = {
  clientMessage: {
    what: "WebSocket message from a client",
    from: "clients",
    per: "each",
    count: null,
    bytes: 4096,
    beyond: "the connection is closed with 1009",
    test: "packages/stream-server/test/client-limits.test.ts",
  },
  rpcAnswer: {
    what: "answer of the node to an RPC call; an object or list in a longer answer",
    from: "node",
    per: "each",
    count: null,
    bytes: 1_048_576,
    beyond: "the call fails with `answer_too_large`, which `/health/ready` and the log name",
    test: "packages/node-rpc/test/budgets.test.ts",
  },
  rpcMempool: {
    what: "transactions in the node's list of its mempool, which is read as it comes",
    from: "node",
    per: "in each answer",
    count: 1_000_000,
    bytes: 4_097_048_576,
    beyond: "the call fails with `answer_too_large`",
    test: "packages/node-rpc/test/budgets.test.ts",
  },
  rpcBatch: {
    what: "answer of the node to a batch of 100 calls",
    from: "node",
    per: "each",
    count: null,
    bytes: 16_777_216,
    beyond: "transactions are asked for again in halves; one that is too long by itself fails the call",
    test: "packages/node-rpc/test/budgets.test.ts",
  },
  rpcBlock: {
    what: "block or transaction over RPC, in bytes of the block",
    from: "node",
    per: "each",
    count: null,
    bytes: 4_000_000,
    beyond: "the call fails with `answer_too_large`",
    test: "packages/node-rpc/test/budgets.test.ts",
  },
  rpcHead: {
    what: "head of an answer over RPC",
    from: "node",
    per: "each",
    count: null,
    bytes: 16_384,
    beyond: "the connection is closed, the call fails with `unreachable`",
    test: "packages/node-rpc/test/budgets.test.ts",
  },
  rpcErrorPage: {
    what: "body of an answer with an HTTP status of an error",
    from: "node",
    per: "each",
    count: null,
    bytes: 65_536,
    beyond: "the rest is not read",
    test: "packages/node-rpc/test/budgets.test.ts",
  },
  rpcTrickle: {
    what: "least progress of an answer over RPC: these bytes or its end",
    from: "node",
    per: "in 30 s",
    count: null,
    bytes: 262_144,
    beyond: "a slower answer is given up, the call fails with `timeout`",
    test: "packages/node-rpc/test/budgets.test.ts",
  },
  nodeText: {
    what: "text of the node that a message repeats, in characters; control characters become blanks",
    from: "node",
    per: "each",
    count: 300,
    bytes: null,
    beyond: "the text is cut",
    test: "packages/node-rpc/test/budgets.test.ts",
  },
  restAnswer: {
    what: "JSON answer of the node's REST interface",
    from: "node",
    per: "each",
    count: null,
    bytes: 1_048_576,
    beyond: "the answer is refused; the service goes on with RPC",
    test: "apps/live/test/rest-blocks.test.ts",
  },
  restBlock: {
    what: "block over REST, within 30 s",
    from: "node",
    per: "each",
    count: null,
    bytes: 4_000_000,
    beyond: "the block is refused; it is asked for again later",
    test: "apps/live/test/rest-blocks.test.ts",
  },
  cookieFile: {
    what: "the node's cookie file",
    from: "files",
    per: "each",
    count: null,
    bytes: 512,
    beyond: "the call fails with `cookie_unreadable`",
    test: "packages/node-rpc/test/node-rpc.test.ts",
  },
  logText: {
    what: "text in a line of the log, in characters",
    from: "node",
    per: "each",
    count: 2000,
    bytes: null,
    beyond: "the text is cut",
    test: "apps/live/test/logging/create-logger.test.ts",
  },
  configFile: {
    what: "file of `--config`",
    from: "command line",
    per: "each",
    count: null,
    bytes: 1_048_576,
    beyond: "one line on stderr, exit code 2",
    test: "apps/live/test/settings.test.ts",
  },
  credentialsFile: {
    what: "certificate, key or credentials file of a `--bus-…` setting",
    from: "command line",
    per: "each",
    count: null,
    bytes: 1_048_576,
    beyond: "one line on stderr, exit code 2",
    test: "apps/live/test/settings.test.ts",
  },
  blockFiles: {
    what: "headers of blocks in blk*.dat files",
    from: "files",
    per: "in total",
    count: 2_000_000,
    bytes: null,
    beyond: "the folder is refused",
    test: "apps/live/test/blocks-files.test.ts",
  },
  blockInFile: {
    what: "block in a blk*.dat file",
    from: "files",
    per: "each",
    count: null,
    bytes: 4_000_000,
    beyond: "the bytes are skipped as no block, and reported",
    test: "apps/live/test/blocks-files.test.ts",
  },
  // What follows is bounded in the reader's browser: these are the defaults of @utxoracle/viz and of the page.
  pageMessage: {
    what: "message of the stream, in characters",
    from: "the service, to its page",
    per: "each",
    count: 4_000_000,
    bytes: null,
    beyond: "the connection is closed, the next attempt comes 8 s to 16 s later",
    test: "packages/viz/test/stream-client.test.ts",
  },
  pageMessages: {
    what: "messages of the stream",
    from: "the service, to its page",
    per: "in 10 s",
    count: 1_000,
    bytes: null,
    beyond: "the connection is closed, the next attempt comes 8 s to 16 s later",
    test: "packages/viz/test/stream-client.test.ts",
  },
  pagePoints: {
    what: "points of the chart",
    from: "the service, to its page",
    per: "on each side",
    count: 200_000,
    bytes: 13_000_000,
    beyond: "the oldest are forgotten",
    test: "packages/viz/test/model.test.ts",
  },
  pageAnswer: {
    what: "answer to a question over HTTP",
    from: "the service, to its page",
    per: "each, within 10 s",
    count: null,
    bytes: 262_144,
    beyond: "the page says that the answer could not be read, or did not come in time",
    test: "apps/web/test/poor-browser.slow.test.ts",
  },
  refusedHandshake: {
    what: "answer to the question why a handshake failed",
    from: "the service, to its page",
    per: "each, within 10 s",
    count: null,
    bytes: 16_384,
    beyond: "the rest is not read; its sentence is cut at 200 characters",
    test: "packages/viz/test/handshake-refusal.test.ts",
  },
} as const satisfies Record<string, Budget>;
