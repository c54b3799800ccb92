import type { Budget } from "./budget.ts";

/**
 * Bounds on what the page accepts from its service. Enforced in the browser: defaults of
 * `@utxoracle/viz` and the page.
 */
export const pageBudgets = {
  pageMessage: {
    what: "stream message, in characters",
    from: "the service, to its page",
    per: "each",
    count: 4_000_000,
    bytes: null,
    beyond: "the connection is closed; the client reconnects after 8 s to 16 s",
    test: "packages/viz/test/stream-client.test.ts",
  },
  pageMessages: {
    what: "stream messages",
    from: "the service, to its page",
    per: "in 10 s",
    count: 1_000,
    bytes: null,
    beyond: "the connection is closed; the client reconnects after 8 s to 16 s",
    test: "packages/viz/test/stream-client.test.ts",
  },
  pagePoints: {
    what: "points of the chart",
    from: "the service, to its page",
    per: "on each side",
    count: 200_000,
    bytes: 13_000_000,
    beyond: "the oldest are removed",
    test: "packages/viz/test/model.test.ts",
  },
  pageAnswer: {
    what: "HTTP response",
    from: "the service, to its page",
    per: "each, within 10 s",
    count: null,
    bytes: 262_144,
    beyond: "the page shows an error: unreadable response or timeout",
    test: "apps/web/test/poor-browser.slow.test.ts",
  },
  refusedHandshake: {
    what: "HTTP response that gives the reason of a failed handshake",
    from: "the service, to its page",
    per: "each, within 10 s",
    count: null,
    bytes: 16_384,
    beyond: "the rest is not read; its text is truncated to 200 characters",
    test: "packages/viz/test/handshake-refusal.test.ts",
  },
} as const satisfies Record<string, Budget>;
