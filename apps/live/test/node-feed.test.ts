import { createNodeRpc } from "@utxoracle/node-rpc";
import pino from "pino";
import { Registry } from "prom-client";
import { expect, it, onTestFinished } from "vitest";
import { feedMetrics } from "../src/ingest/feed-metrics.ts";
import { NodeFeed } from "../src/sync/node-feed.ts";

it.each([
  ["with RPC, is not in sync before its first sync", true],
  ["without RPC, has no sync to wait for", false],
])("a feed %s", (_, hasRpc) => {
  const feed = new NodeFeed({
    source: "node",
    endpoints: { rawtx: "tcp://127.0.0.1:1" },
    node: hasRpc ? createNodeRpc({ url: "http://127.0.0.1:1", auth: { user: "u", password: "p" } }) : null,
    chain: "main",
    windowSeconds: 10_800,
    blockSeconds: 10_800,
    metrics: feedMetrics(new Registry()),
    log: pino({ level: "silent" }),
  });
  onTestFinished(() => feed.close());
  expect(feed.state()).toMatchObject({ loading: true, node: { resyncing: hasRpc } });
});
