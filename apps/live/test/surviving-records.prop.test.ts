import { inSoak } from "@utxoracle/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ConfirmedHistory } from "../src/confirmed/confirmed-history.ts";
import type { BlockPrice, PriceRecord, WindowNumber } from "../src/confirmed/price-record.ts";
import { survivingRecords } from "../src/confirmed/surviving-records.ts";

const [RUNS = 100] = inSoak(500);

const MANY = 60_000;
/**
 * Processor time: a tenth of a second where it grows with the number of records, ten seconds where
 * with its square.
 */
const MANY_CPU_MS = 1500;
const HASH = "00".repeat(32);

const cpuMs = (): number => process.cpuUsage().user / 1000;

const price = (height: number, number = 0): BlockPrice => ({
  ...{ kind: "block", height, hash: HASH, time: 1_700_000_000 + number },
  ...{ price: 60_000, low: null, high: null, confidence: 0.9, status: "ok", engine: "posterior" },
});
const { kind: _, height: __, ...estimate } = price(0);
const window = (kind: "day" | "blocks", lastHeight: number, amounts: number): WindowNumber => ({
  ...estimate,
  ...{ kind, day: null, firstHeight: 0, lastHeight, amounts },
});

const anyRecord: fc.Arbitrary<PriceRecord> = fc
  .tuple(fc.nat(3), fc.nat(12), fc.nat(1000))
  .map(([kind, height, number]) =>
    kind === 0
      ? { kind: "forget_above", height }
      : kind === 1
        ? window(number % 2 === 0 ? "day" : "blocks", height, number)
        : price(height, number),
  );

/** The records applied one after the other. */
function applied(records: readonly PriceRecord[]): ReturnType<typeof survivingRecords> {
  let blocks: BlockPrice[] = [];
  let day: WindowNumber | null = null;
  let last: WindowNumber | null = null;
  for (const record of records) {
    if (record.kind === "block") {
      blocks = [...blocks.filter(({ height }) => height !== record.height), record];
    } else if (record.kind === "forget_above") {
      blocks = blocks.filter(({ height }) => height <= record.height);
      if (day !== null && day.lastHeight > record.height) day = null;
      if (last !== null && last.lastHeight > record.height) last = null;
    } else if (record.kind === "day") day = record;
    else last = record;
  }
  return { blocks: blocks.sort((a, b) => a.height - b.height), lastDay: day, lastBlocks: last };
}

it("gives the same result as applying the records in order", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 40 }), (records) => {
      expect(survivingRecords(records)).toEqual(applied(records));
    }),
    { numRuns: RUNS },
  );
});

it("restores records in any order in linear time", () => {
  const records = Array.from({ length: MANY }, (_, index) => price(MANY - index));
  const start = cpuMs();
  new ConfirmedHistory().restore(records, { save: () => undefined, remove: () => undefined });
  expect(cpuMs() - start).toBeLessThan(MANY_CPU_MS);
});
