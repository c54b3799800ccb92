import type { BusConfirmedState, ConfirmedUpdate, ConfirmedUpdateData } from "@utxoracle/models";
import { describe, expect, it } from "vitest";
import { type BusBucket, type BusEntry, BusError } from "../../src/bus/bus-bucket.ts";
import { packJson, unpackJson } from "../../src/bus/packed-json.ts";
import { StateWriter, type WrittenState } from "../../src/bus/state-writer.ts";
import { EdgeConfirmed } from "../../src/edge/edge-confirmed.ts";
import { eventually } from "../e2e/service-process.ts";

/** A bucket whose writes wait until they are let through. */
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
    return this.entry === null ? null : ((await unpackJson(this.entry.value)) as WrittenState);
  }
}

function writerOf(bucket: BusBucket, term: () => number | null) {
  const problems: unknown[] = [];
  const written: WrittenState[] = [];
  const writer = new StateWriter({
    bucket,
    key: "live",
    term,
    onWritten: (state) => written.push(state),
    onProblem: (error) => problems.push(error),
  });
  return { writer, problems, written };
}

describe("states on their way into the bucket", () => {
  it("do not pile up before a bus that is slow: one is under way, and the newest waits", async () => {
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

  it("are never written over those of a higher term", async () => {
    const bucket = new SlowBucket();
    const old = writerOf(bucket, () => 1);
    old.writer.offer((term) => ({ term, number: 1 }));
    await bucket.letThrough();
    await eventually(
      "the first",
      () => old.written.length,
      (count) => count === 1,
    );
    const next = writerOf(bucket, () => 2);
    next.writer.offer((term) => ({ term, number: 1 }));
    await bucket.letThrough();
    await eventually(
      "the next leader's",
      () => next.written.length,
      (count) => count === 1,
    );
    // The one before wakes and does not know yet.
    old.writer.offer((term) => ({ term, number: 2 }));
    await bucket.letThrough();
    await eventually(
      "its failure",
      () => old.problems.length,
      (count) => count === 1,
    );
    expect(await bucket.content()).toMatchObject({ term: 2, number: 1 });
  });

  it("are not written at all without the lease", async () => {
    const bucket = new SlowBucket();
    const { writer } = writerOf(bucket, () => null);
    writer.offer((term) => ({ term }));
    expect(bucket.writes).toBe(0);
  });

  it("unpack to no more than they may have", async () => {
    expect(await unpackJson(await packJson({ points: ["ab".repeat(32)] }))).toEqual({ points: ["ab".repeat(32)] });
    await expect(unpackJson(await packJson("x".repeat(17 * 1024 * 1024)))).rejects.toThrow(/Cannot create a Buffer/);
    await expect(unpackJson(new TextEncoder().encode("{}"))).rejects.toThrow(/header/);
  });
});

describe("the confirmed side at an edge", () => {
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
      transactions: [],
      snapshot,
    } satisfies ConfirmedUpdateData,
  });
  const state = (term: number, number: number, height: number): BusConfirmedState => ({
    analyser: "a",
    term,
    number,
    snapshot: update(height, true),
    delta: update(height, false),
  });

  function edge() {
    const shown: { height: number | null; snapshot: boolean }[] = [];
    const confirmed = new EdgeConfirmed(({ delta }) => {
      const { data } = JSON.parse(String(delta)) as ConfirmedUpdate;
      shown.push({ height: data.height, snapshot: data.snapshot });
    });
    return { confirmed, shown };
  }

  it("is told by deltas while none is missing, else by a snapshot", () => {
    const { confirmed, shown } = edge();
    for (const next of [state(1, 1, 100), state(1, 2, 101), state(1, 4, 103)]) confirmed.take(next);
    expect(shown).toEqual([
      { height: 100, snapshot: true },
      { height: 101, snapshot: false },
      { height: 103, snapshot: true },
    ]);
  });

  it("is not told again by a new leader that says the same, and never by an old one", () => {
    const { confirmed, shown } = edge();
    confirmed.take(state(1, 7, 100));
    confirmed.take(state(2, 1, 100));
    expect(shown).toHaveLength(1);
    confirmed.take(state(1, 8, 101));
    expect(shown).toHaveLength(1);
    confirmed.take(state(2, 2, 101));
    expect(shown.at(-1)).toEqual({ height: 101, snapshot: false });
  });
});
