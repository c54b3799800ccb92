import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  BUS_TERM_MAX,
  type BusConfirmedState,
  type ConfirmedUpdate,
  type ConfirmedUpdateData,
} from "@utxoracle/models";
import { describe, expect, it } from "vitest";
import { budgets } from "../../src/config/budgets.ts";
import type { BusBucket, BusEntry } from "../../src/relay/bus/bus-bucket.ts";
import { BusError } from "../../src/relay/bus/bus-error.ts";
import { packJson, unpackJson } from "../../src/relay/bus/packed-json.ts";
import { StateWriter, type WrittenState } from "../../src/relay/bus/state-writer.ts";
import { EdgeConfirmed } from "../../src/relay/edge/edge-confirmed.ts";
import { eventually } from "../e2e/service-process.ts";

/** A bucket whose writes wait until the test releases them. */
class SlowBucket implements BusBucket {
  entry: BusEntry | null = null;
  writes = 0;
  #waiting: (() => void)[] = [];

  async read(): Promise<BusEntry | null> {
    return this.entry;
  }

  write(_key: string, value: Uint8Array, replaces: number): Promise<number> {
    this.writes += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        const revision = this.entry?.revision ?? 0;
        if (replaces !== revision) {
          reject(new BusError("revision_conflict", "another one"));
          return;
        }
        this.entry = { value, revision: revision + 1 };
        resolve(revision + 1);
      });
    });
  }

  async letThrough(): Promise<void> {
    await eventually(
      "a write",
      () => this.#waiting.length,
      (count) => count > 0,
    );
    this.#waiting.shift()?.();
  }

  async content(): Promise<WrittenState | null> {
    const value = this.entry?.value ?? null;
    return value === null ? null : ((await unpackJson(value)) as WrittenState);
  }
}

function writerOf(bucket: BusBucket, term: () => number | null, confirmLease = async () => true) {
  const problems: unknown[] = [];
  const written: WrittenState[] = [];
  const writer = new StateWriter({
    bucket,
    key: "live",
    term,
    confirmLease,
    onWritten: (state) => written.push(state),
    onProblem: (error) => problems.push(error),
  });
  return { writer, problems, written };
}

describe("states written to the bucket", () => {
  it("do not queue at a slow server: one is being written, and the newest waits", async () => {
    const bucket = new SlowBucket();
    const { writer, written } = writerOf(bucket, () => 1);
    for (let number = 1; number <= 100; number++) writer.offer((term) => ({ term, number }));
    await bucket.letThrough();
    await bucket.letThrough();
    await eventually(
      "both written",
      () => written.map(({ number }) => number),
      (numbers) => numbers.length === 2,
    );
    expect(written.map(({ number }) => number)).toEqual([1, 100]);
    expect(bucket.writes).toBe(2);
  });

  it("do not replace those of a new leader", async () => {
    const bucket = new SlowBucket();
    let holder = "old";
    const old = writerOf(
      bucket,
      () => 1,
      async () => holder === "old",
    );
    old.writer.offer((term) => ({ term, number: 1 }));
    await bucket.letThrough();
    await eventually(
      "the first",
      () => old.written.length,
      (count) => count === 1,
    );
    holder = "next";
    const next = writerOf(bucket, () => 2);
    next.writer.offer((term) => ({ term, number: 1 }));
    await bucket.letThrough();
    await eventually(
      "the next leader's",
      () => next.written.length,
      (count) => count === 1,
    );
    // The old leader continues without noticing.
    old.writer.offer((term) => ({ term, number: 2 }));
    await bucket.letThrough();
    await eventually(
      "its failure",
      () => old.problems.length,
      (count) => count === 1,
    );
    expect(await bucket.content()).toMatchObject({ term: 2, number: 1 });
  });

  it.each([
    ["says to be of a higher term", async () => await packJson({ term: BUS_TERM_MAX, number: 2 ** 52 })],
    ["cannot be read", async () => Uint8Array.of(1, 2, 3)],
    ["was deleted", async () => null],
  ])("replace a value that %s while the lease is the writer's", async (_, value) => {
    const bucket = new SlowBucket();
    bucket.entry = { value: await value(), revision: 7 };
    const { writer, written, problems } = writerOf(bucket, () => 1);
    writer.offer((term) => ({ term, number: 1 }));
    await bucket.letThrough();
    await eventually(
      "the state",
      () => written.length,
      (count) => count === 1,
    );
    expect(problems).toEqual([]);
    expect(await bucket.content()).toEqual({ term: 1, number: 1 });
  });

  it("are detected as replaced when another client writes them", async () => {
    const bucket = new SlowBucket();
    const { writer, written } = writerOf(bucket, () => 1);
    writer.offer((term) => ({ term, number: 1 }));
    await bucket.letThrough();
    await eventually(
      "the state",
      () => written.length,
      (count) => count === 1,
    );
    expect(await writer.isUnchanged()).toBe(true);
    bucket.entry = { value: Uint8Array.of(1), revision: 9 };
    expect(await writer.isUnchanged()).toBe(false);
  });

  it("are not written without the lease", async () => {
    const bucket = new SlowBucket();
    const { writer } = writerOf(bucket, () => null);
    writer.offer((term) => ({ term }));
    expect(bucket.writes).toBe(0);
  });

  it.each([
    [
      "10,000 points twice",
      { a: Array.from({ length: 20_000 }, () => ({ txid: "ab".repeat(32), price: 113_600.53 })) },
    ],
    ["60,000 prices", { a: Array.from({ length: 60_000 }, (_, index) => 1_700_000_000 + index) }],
    ["brackets and quotes in strings", { a: '[[[["\\"{', "[{\\": "]]" }],
  ])("are read back unchanged: %s", async (_, value) => {
    expect(await unpackJson(await packJson(value))).toEqual(value);
  });

  const gzipped = (text: string): Promise<Uint8Array> => promisify(gzip)(text);

  it.each([
    [
      "a gigabyte of zeros",
      () => gzipped("0".repeat(budgets.natsStateUnpacked.bytes + 1)),
      /decompresses to more than/,
    ],
    [
      "more packed bytes than a value has",
      async () => new Uint8Array(budgets.natsState.bytes + 1),
      /more than 4194304/,
    ],
    ["a million opening brackets", () => gzipped("[".repeat(1_000_000)), /more than 16 levels/],
    ["a million empty objects", () => gzipped(`[${"{},".repeat(1_000_000)}{}]`), /more than 40000 arrays and objects/],
    ["no gzip", async () => new TextEncoder().encode("{}"), /not gzip data/],
    ["a cut stream", async () => (await gzipped('{"a":1}')).subarray(0, 20), /not gzip data/],
    ["no JSON", () => gzipped('{"a":'), /not UTF-8 JSON/],
    ["an unclosed string", () => gzipped('{"a'), /not UTF-8 JSON/],
    ["no UTF-8", async () => await promisify(gzip)(Uint8Array.of(0x22, 0xff, 0x22)), /not UTF-8 JSON/],
  ])("are rejected: %s", async (_, bytes, message) => {
    const error = await unpackJson(await bytes()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "invalid_value", message: expect.stringMatching(message) });
  });
});

describe("EdgeConfirmed", () => {
  const update = (height: number, snapshot: boolean): ConfirmedUpdate => ({
    type: "confirmed_update",
    data: {
      price: 113_000,
      interval: null,
      status: "ok",
      engine: "posterior",
      height,
      block_timestamp: 1_763_809_500,
      window: { first_height: height - 18, last_height: height, hours: 3 },
      blocks: [],
      picture: null,
      transactions: [],
      snapshot,
    } satisfies ConfirmedUpdateData,
  });
  const state = (term: number, number: number, height: number): BusConfirmedState => ({
    analyzer: "a",
    term,
    number,
    snapshot: update(height, true),
    delta: update(height, false),
    picture: null,
  });

  function edge() {
    const shown: { height: number | null; snapshot: boolean }[] = [];
    const confirmed = new EdgeConfirmed(({ delta }) => {
      const { data } = JSON.parse(String(delta)) as ConfirmedUpdate;
      shown.push({ height: data.height, snapshot: data.snapshot });
    });
    return { confirmed, shown };
  }

  it("publishes deltas in sequence, and a snapshot after a gap", () => {
    const { confirmed, shown } = edge();
    for (const next of [state(1, 1, 100), state(1, 2, 101), state(1, 4, 103)]) confirmed.onState(next);
    expect(shown).toEqual([
      { height: 100, snapshot: true },
      { height: 101, snapshot: false },
      { height: 103, snapshot: true },
    ]);
  });

  it("turns stale without new blocks, also without an analyzer", () => {
    const { confirmed, shown } = edge();
    confirmed.expire(1_763_900_000);
    confirmed.onState(state(1, 1, 100));
    confirmed.expire(1_763_809_500 + 10_800);
    expect(shown).toHaveLength(1);
    confirmed.expire(1_763_809_500 + 10_801);
    confirmed.expire(1_763_809_500 + 10_802);
    expect(shown).toHaveLength(2);
    expect(confirmed.data).toMatchObject({ status: "stale", price: 113_000, height: 100 });
    confirmed.onState(state(1, 1, 100));
    expect(shown).toHaveLength(2);
  });

  it("does not publish an unchanged state of a new leader", () => {
    const { confirmed, shown } = edge();
    confirmed.onState(state(1, 7, 100));
    confirmed.onState(state(2, 1, 100));
    expect(shown).toHaveLength(1);
    confirmed.onState(state(2, 2, 101));
    expect(shown.at(-1)).toEqual({ height: 101, snapshot: false });
  });

  it("needs a read when the lease has another number, also a lower one", () => {
    const { confirmed } = edge();
    confirmed.onState(state(1, 2 ** 52, 100));
    expect([confirmed.isNew(1, 2 ** 52), confirmed.isNew(1, 3), confirmed.isNew(1, 0)]).toEqual([false, true, false]);
  });
});
