/** A bound on something that comes from outside. At least one of `count` and `bytes` is a number. */
export interface Budget {
  /** What is bounded, as the table in docs/security.md names it. */
  readonly what: string;
  /** Where it comes from. */
  readonly from: "clients" | "node" | "NATS" | "files" | "command line";
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
} as const satisfies Record<string, Budget>;
