import type { MempoolUpdate } from "@utxoracle/models";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import type { BusBucket, BusEntry } from "../../src/bus/bus-bucket.ts";
import { createBusMetrics } from "../../src/bus/bus-metrics.ts";
import type { BusKey } from "../../src/bus/bus-names.ts";
import { BusPublisher } from "../../src/bus/bus-publisher.ts";
import { LeaseKeeper } from "../../src/bus/lease-keeper.ts";
import { BusReader } from "../../src/edge/bus-reader.ts";
import { createLogger } from "../../src/logging/create-logger.ts";
import { eventually } from "../e2e/service-process.ts";
import { TestBoard, tick } from "../http/board.ts";

/** A bucket in memory. */
class MemoryBucket implements BusBucket {
  readonly #entries = new Map<BusKey, BusEntry>();
  #revision = 0;

  async read(key: BusKey): Promise<BusEntry | null> {
    return this.#entries.get(key) ?? null;
  }

  async write(key: BusKey, value: Uint8Array): Promise<number> {
    this.#revision += 1;
    this.#entries.set(key, { value, revision: this.#revision });
    return this.#revision;
  }
}

/** An analyser at a bus that no other one uses. */
function analyser() {
  const bucket = new MemoryBucket();
  const sent: { seq: number; term: number }[] = [];
  const keeper: LeaseKeeper = new LeaseKeeper({
    store: { read: async () => null, write: async () => 1 },
    holder: () => ({ analyser: "a", epoch: "k3v9", source: "node", ...publisher.holder() }),
    ttlMs: 2500,
    now: () => 1000,
    unixMs: () => 1_763_810_000_000,
  });
  const publisher: BusPublisher = new BusPublisher({
    send: (message, { term }) => {
      sent.push({ seq: (JSON.parse(message) as MempoolUpdate).data.seq, term });
      return true;
    },
    bucket,
    keeper,
    board: new TestBoard(),
    notices: () => [],
    analyser: "a",
    intervalMs: 500,
    metrics: createBusMetrics(new Registry(), () => ({ connected: true, term: keeper.term })),
    log: createLogger({ format: "json", level: "fatal" }),
    now: () => 1000,
  });
  const reader = new BusReader(bucket, () => Promise.reject(new Error("not asked here")));
  const ticked = (seq: number): void =>
    publisher.live({
      delta: { type: "mempool_update", data: tick({ seq, snapshot: false }) },
      snapshot: { type: "mempool_update", data: tick({ seq, snapshot: true }) },
    });
  return { publisher, keeper, sent, reader, ticked };
}

describe("an analyser at the bus", () => {
  it("says nothing without the lease, and with it its state at once, before the next tick", async () => {
    const { publisher, keeper, sent, reader, ticked } = analyser();
    ticked(41);
    expect(sent).toEqual([]);
    expect(await reader.live()).toBeNull();
    await publisher.step();
    const { answer } = await eventually(
      "its state",
      () => reader.live(),
      (state) => state !== null,
    );
    expect(answer).toMatchObject({
      term: keeper.term,
      interval_ms: 500,
      update: { data: { seq: 41, snapshot: true } },
    });
    ticked(42);
    expect(sent).toEqual([{ seq: 42, term: keeper.term }]);
  });
});
