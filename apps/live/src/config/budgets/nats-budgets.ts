import { type Budget, MIB } from "./budget.ts";

/** Bounds on NATS messages. */
export const natsBudgets = {
  natsDelta: {
    what: "update on the NATS subject",
    from: "NATS",
    per: "each",
    count: null,
    bytes: 262_144,
    beyond: "dropped by the edge without parsing; counted as `too_large`",
    test: "apps/live/test/bus/edge-session.test.ts",
  },
  natsDeltaRate: {
    what: "updates on the NATS subject parsed by an edge",
    from: "NATS",
    per: "per second",
    count: 200,
    bytes: null,
    beyond: "dropped without parsing, counted as `flood`; the next state replaces them",
    test: "apps/live/test/bus/edge-session.test.ts",
  },
  natsWaiting: {
    what: "updates held by an edge until their lease or state arrives, or by an analyzer for edges",
    from: "NATS",
    per: "per list",
    // Not more than an edge parses at once.
    count: 200,
    bytes: MIB,
    beyond: "the oldest are dropped; the next state replaces them",
    test: "apps/live/test/bus/edge-session.test.ts",
  },
  natsQueries: {
    what: "queries of edges in progress at an analyzer",
    from: "NATS",
    per: "in total",
    count: 16,
    bytes: null,
    beyond: "answered without data; the edge repeats the request",
    test: "apps/live/test/bus/analyzer-queries.test.ts",
  },
  natsState: {
    what: "value in the NATS bucket",
    from: "NATS",
    per: "each",
    count: null,
    bytes: 4_194_304,
    beyond: "rejected by a bucket that the program created; not decompressed by an edge",
    test: "apps/live/test/bus/states.test.ts",
  },
  natsStateUnpacked: {
    what: "value in the NATS bucket, decompressed",
    from: "NATS",
    per: "each",
    count: 40_000,
    bytes: 6_291_456,
    beyond: "decompression stops; more arrays and objects, or nesting above 16 levels, are not parsed",
    test: "apps/live/test/bus/states.test.ts",
  },
  natsClock: {
    what: "clock response from an analyzer to an edge",
    from: "NATS",
    per: "each",
    count: null,
    bytes: 1024,
    beyond: "ignored",
    test: "apps/live/test/bus/edge-session.test.ts",
  },
} as const satisfies Record<string, Budget>;
