import { createNodeRpc } from "@utxoracle/node-rpc";
import type { RegtestNode } from "@utxoracle/testkit";
import { scanTransaction } from "@utxoracle/tx-parser";
import { expect } from "vitest";
import { ConfirmedSide } from "../../src/confirmed/confirmed-side.ts";
import { PriceHistory } from "../../src/history/price-history.ts";
import { LiveWindow } from "../../src/ingest/live-window.ts";
import { machineClocks } from "../../src/ingest/steady-clock.ts";
import { createLogger } from "../../src/logging/create-logger.ts";
import {
  createServiceMetrics,
  type LiveReports,
  type ServiceMetrics,
} from "../../src/serve/metrics/service-metrics.ts";
import { serviceSink } from "../../src/serve/service-sink.ts";
import { NodeFeed } from "../../src/sync/node-feed.ts";
import { eventually } from "../e2e/service-process.ts";

const nothing: LiveReports = {
  now: () => 0,
  latest: () => null,
  windowCounts: () => null,
  confirmed: () => null,
  confirmedPrices: () => [],
  confirmedWindows: () => ({ lastBlocks: null, lastDay: null }),
  history: () => new PriceHistory(),
  confirmedPicture: () => null,
  blockPoints: () => null,
  trackRecord: () => null,
  readinessReasons: () => [],
  notices: () => [],
  evidence: () => null,
};

/**
 * Feed, live window and confirmed prices at a real node, without a server, so that tests can
 * inspect the window.
 */
export class NodeHarness {
  readonly window: LiveWindow;
  readonly confirmed: ConfirmedSide;
  readonly feed: NodeFeed;
  readonly metrics: ServiceMetrics = createServiceMetrics({ state: nothing });
  readonly log: Record<string, unknown>[] = [];
  readonly windowSeconds: number;
  readonly #stop = new AbortController();
  readonly #node: RegtestNode;
  #running: Promise<void> = Promise.resolve();

  /**
   * @param endpoints ZMQ endpoints. Default: those of the node.
   * @param passed seconds by which its clocks are ahead of the machine's
   */
  constructor(
    node: RegtestNode,
    windowSeconds = 10_800,
    endpoints: { readonly rawtx: string; readonly rawblock?: string; readonly sequence?: string } = node.endpoints,
    passed = (): number => 0,
  ) {
    this.#node = node;
    this.windowSeconds = windowSeconds;
    this.window = new LiveWindow({ windowSeconds, engine: "posterior" });
    this.confirmed = new ConfirmedSide({
      windowSeconds: 10_800,
      engine: "posterior",
      now: () => this.feed.now(),
      estimate: () => ({ price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null }),
    });
    const { rawtx, rawblock, sequence } = endpoints;
    this.feed = new NodeFeed({
      source: "node",
      endpoints: {
        rawtx,
        ...(rawblock === undefined ? {} : { rawblock }),
        ...(sequence === undefined ? {} : { sequence }),
      },
      node: createNodeRpc({ url: node.rpcUrl, auth: { cookiePath: node.cookiePath } }),
      chain: null,
      clocks: {
        wall: () => machineClocks.wall() + passed(),
        monotonic: () => machineClocks.monotonic() + passed(),
      },
      windowSeconds,
      blockSeconds: 10_800,
      metrics: this.metrics,
      log: createLogger({
        format: "json",
        level: "debug",
        stream: { write: (line: string) => void this.log.push(JSON.parse(line) as Record<string, unknown>) },
      }),
    });
  }

  start(): void {
    const sink = serviceSink({
      window: this.window,
      windowSeconds: this.windowSeconds,
      confirmed: this.confirmed,
      metrics: this.metrics,
      now: () => this.feed.now(),
    });
    this.#running = this.feed.run(sink, this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.feed.close();
  }

  /** Payments in the node's mempool, which the window must contain. */
  async #mempoolPayments(): Promise<Set<string>> {
    const txids = [...(await this.#node.mempool())];
    const raw = await this.#node.rpcAll(
      "getrawtransaction",
      txids.map((txid) => [txid]),
    );
    return new Set(
      txids.filter((_, index) => scanTransaction(Buffer.from(String(raw[index]), "hex")).outputCount === 2),
    );
  }

  /** Ids in the blocks of the window. */
  async #confirmedTxids(): Promise<string[]> {
    const txids: string[] = [];
    let hash: unknown = await this.#node.rpc("getbestblockhash");
    for (;;) {
      const block = (await this.#node.rpc("getblock", hash)) as {
        time: number;
        tx: string[];
        previousblockhash?: string;
      };
      if (block.time < this.feed.now() - this.windowSeconds || block.previousblockhash === undefined) return txids;
      txids.push(...block.tx);
      hash = block.previousblockhash;
    }
  }

  /** Waits until the feed is connected, has the last block, and no sync is running. */
  async expectIdle(what: string): Promise<void> {
    await eventually(
      what,
      async () => ({
        sameTip: this.confirmed.chain.tip?.hash === (await this.#node.rpc("getbestblockhash")),
        ...this.feed.state(),
      }),
      ({ sameTip, node, reasons, notices }) =>
        sameTip && node.connected === true && !this.feed.isSyncing && reasons.length + notices.length === 0,
    );
  }

  /** Waits until the window is in sync with the node, and checks the counts. */
  async expectEqual(what: string): Promise<void> {
    await eventually(
      what,
      async () => {
        // The transactions are asked for only once they may be the same.
        if (this.feed.isSyncing) return { looking: true };
        const expected = await this.#mempoolPayments();
        const held = new Set([...this.window.analyzer.unconfirmedTransactions()].map(([txid]) => txid));
        const tip = await this.#node.rpc("getbestblockhash");
        return {
          missing: [...expected].filter((txid) => !held.has(txid)).length,
          surplus: [...held].filter((txid) => !expected.has(txid)).length,
          sameTip: this.confirmed.chain.tip?.hash === tip,
          looking: this.feed.isSyncing,
        };
      },
      ({ missing, surplus, sameTip, looking }) => missing === 0 && surplus === 0 && sameTip && !looking,
    );
    for (const txid of await this.#confirmedTxids())
      expect(this.window.analyzer.has(txid), `${what}: confirmed ${txid} is not held`).toBe(true);
    const { totalReceived, totalFiltered, activeTxCount, totalExpired, totalRemoved } = this.window.analyzer.getStats(
      this.feed.now(),
    );
    expect(totalReceived, what).toBe(totalFiltered + activeTxCount + totalExpired + totalRemoved);
  }
}
