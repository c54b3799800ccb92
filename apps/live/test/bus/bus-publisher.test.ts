import type { ConfirmedUpdate, MempoolUpdate } from "@utxoracle/models";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { budgets } from "../../src/config/budgets.ts";
import { createLogger } from "../../src/logging/create-logger.ts";
import type { BusBucket, BusEntry } from "../../src/relay/bus/bus-bucket.ts";
import { createBusMetrics } from "../../src/relay/bus/bus-metrics.ts";
import type { BusKey } from "../../src/relay/bus/bus-names.ts";
import { BusPublisher } from "../../src/relay/bus/bus-publisher.ts";
import { LeaseKeeper, type StoredLease } from "../../src/relay/bus/lease-keeper.ts";
import { unpackJson } from "../../src/relay/bus/packed-json.ts";
import { BusReader } from "../../src/relay/edge/bus-reader.ts";
import { eventually } from "../e2e/service-process.ts";
import { deltaTick, TestState, tick } from "../http/test-state.ts";

/** An in-memory bucket. */
class MemoryBucket implements BusBucket {
  readonly #entries = new Map<BusKey, BusEntry>();
  #revision = 0;

  async number(key: BusKey): Promise<unknown> {
    const value = (await this.read(key))?.value ?? null;
    return value === null ? null : ((await unpackJson(value)) as { number?: unknown }).number;
  }

  async read(key: BusKey): Promise<BusEntry | null> {
    return this.#entries.get(key) ?? null;
  }

  async write(key: BusKey, value: Uint8Array): Promise<number> {
    this.#revision += 1;
    this.#entries.set(key, { value, revision: this.#revision });
    return this.#revision;
  }
}

/** The only analyzer of a bus. */
function analyzer() {
  const bucket = new MemoryBucket();
  const sent: { seq: number; term: number }[] = [];
  let stored: StoredLease | null = null;
  let nowMs = 1000;
  const keeper: LeaseKeeper = new LeaseKeeper({
    store: {
      read: async () => stored,
      write: async (lease) => {
        stored = { lease, revision: (stored?.revision ?? 0) + 1 };
        return stored.revision;
      },
    },
    holder: () => ({ analyzer: "a", epoch: "k3v9", source: "node", ...publisher.holder() }),
    ttlMs: 2500,
    now: () => nowMs,
    unixMs: () => 1_763_810_000_000,
  });
  const publisher: BusPublisher = new BusPublisher({
    send: (message, { term }) => {
      sent.push({ seq: (JSON.parse(message) as MempoolUpdate).data.seq, term });
      return true;
    },
    bucket,
    keeper,
    state: new TestState(),
    notices: () => [],
    analyzer: "a",
    intervalMs: 500,
    metrics: createBusMetrics(new Registry(), () => ({ connected: true, term: keeper.term })),
    log: createLogger({ format: "json", level: "fatal" }),
    now: () => nowMs,
  });
  const reader = new BusReader(bucket, () => Promise.reject(new Error("not asked here")));
  const ticked = (seq: number): void =>
    publisher.live({
      delta: { type: "mempool_update", data: deltaTick({ seq }) },
      snapshot: { type: "mempool_update", data: tick({ seq }) },
    });
  const later = async (ms: number): Promise<void> => {
    nowMs += ms;
    await publisher.step();
  };
  return { publisher, keeper, sent, reader, ticked, bucket, later };
}

describe("an analyzer", () => {
  it("publishes nothing without the lease; with it, its state before the next tick", async () => {
    const { publisher, keeper, sent, reader, ticked } = analyzer();
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

  it("keeps the latest updates for edges, those that it could not publish too", async () => {
    const { publisher, ticked } = analyzer();
    const { count } = budgets.natsWaiting;
    const numbers = (from: number): number[] =>
      publisher.updatesFrom(from).map((text) => (JSON.parse(text) as MempoolUpdate).data.seq);
    for (let seq = 0; seq < 3; seq++) ticked(seq);
    expect(numbers(0)).toEqual([0, 1, 2]);
    expect(numbers(2)).toEqual([2]);
    expect(numbers(Number.NaN)).toEqual([]);
    for (let seq = 3; seq < count + 2; seq++) ticked(seq);
    expect(numbers(0)).toEqual(Array.from({ length: count }, (_, index) => index + 2));
  });

  it("rewrites a replaced state with a new number in the lease", async () => {
    const { publisher, reader, bucket, later } = analyzer();
    publisher.confirmed(confirmed);
    await publisher.step();
    await eventually(
      "the state",
      () => bucket.number("confirmed"),
      (number) => number === 1,
    );
    await bucket.write("confirmed", Uint8Array.of(1));
    await expect(reader.confirmed()).rejects.toThrow(/gzip/);
    await later(29_999);
    await expect(reader.confirmed()).rejects.toThrow(/gzip/);
    await later(1);
    await eventually(
      "the state again",
      () => bucket.number("confirmed").catch(() => null),
      (number) => number === 2,
    );
    await eventually(
      "its number in the lease",
      () => publisher.holder().confirmed_number,
      (number) => number === 2,
    );
  });
});

const confirmedUpdate: ConfirmedUpdate = {
  type: "confirmed_update",
  data: {
    price: 113_000,
    interval: null,
    status: "ok",
    engine: "posterior",
    height: 870_000,
    block_timestamp: 1_763_809_500,
    window: { first_height: 869_990, last_height: 870_000, hours: 3 },
    blocks: [],
    picture: null,
    transactions: [],
    snapshot: true,
  },
};
const confirmed = { delta: confirmedUpdate, snapshot: confirmedUpdate };
