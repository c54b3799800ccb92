import { Value } from "@sinclair/typebox/value";
import { describe, expect, it } from "vitest";
import {
  ContractError,
  checkMempoolUpdate,
  checkProcessedTransaction,
  checkServerMessage,
  contractCheck,
  contractDeviations,
  contractSchemas,
} from "../src/index.ts";
import { samples } from "./samples.ts";

const names = Object.keys(contractSchemas) as (keyof typeof contractSchemas)[];

/** Paths of all required fields inside `value`; of arrays, only the first item. */
function* fieldPaths(value: unknown, path: string[] = []): Generator<string[]> {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield [...path, key];
    yield* fieldPaths(inner, [...path, key]);
  }
}

function without(value: unknown, path: string[]): unknown {
  const copy = structuredClone(value);
  let owner = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) owner = owner[key] as Record<string, unknown>;
  delete owner[path.at(-1) as string];
  return copy;
}

describe.each(names)("contract %s", (name) => {
  const schema = contractSchemas[name];
  const sample = samples[name];

  it("returns a valid value", () => {
    expect(contractCheck(name, schema)(sample)).toBe(sample);
  });

  it("names a missing field", () => {
    for (const path of fieldPaths(sample)) {
      const broken = without(sample, path);
      if (Value.Check(schema, broken))
        throw new Error(`${path.join(".")} may be missing, the contract says nothing of that`);
      try {
        contractCheck(name, schema)(broken);
        expect.unreachable(`${path.join(".")} was missing but accepted`);
      } catch (error) {
        expect(error).toBeInstanceOf(ContractError);
        // A missing tag of a union looks like a wrong variant; all other errors name the field.
        if (!(name === "server-message" && path.length === 1))
          expect((error as ContractError).field).toBe(path.join("."));
      }
    }
  });

  it("throws for values of another type", () => {
    for (const value of [null, undefined, 7, "text", true])
      expect(() => contractCheck(name, schema)(value)).toThrow(ContractError);
  });
});

describe("ContractError", () => {
  const payment = samples["processed-transaction"] as Record<string, unknown>;
  it.each([
    [{ ...payment, amounts: [Number.NaN] }, "amounts.0"],
    [{ ...payment, amounts: [1e-5] }, "amounts.0"],
    [{ ...payment, amounts: [0.1, 1e5] }, "amounts.1"],
    [{ ...payment, amounts: [1, 2, 3] }, "amounts"],
    [{ ...payment, inputCount: 6 }, "inputCount"],
    [{ ...payment, outputCount: 3 }, "outputCount"],
    [{ ...payment, txid: "AB".repeat(32) }, "txid"],
    [{ ...payment, timestamp: -1 }, "timestamp"],
    [{ ...payment, feeRate: undefined }, "feeRate"],
  ])("names the invalid field (%#)", (value, field) => {
    expect(() => checkProcessedTransaction(value)).toThrow(`ProcessedTransaction: field "${field}"`);
  });

  it("shows the value found", () => {
    const update = structuredClone(samples["mempool-update"]) as { data: { stats: Record<string, unknown> } };
    update.data.stats["total_received"] = "12543";
    expect(() => checkMempoolUpdate(update)).toThrow(
      'MempoolUpdate: field "data.stats.total_received": Expected integer, found "12543"',
    );
  });

  it("shows the type of a value that is too long", () => {
    const found = (txid: unknown): string => {
      try {
        checkProcessedTransaction({ ...(samples["processed-transaction"] as object), txid });
      } catch (error) {
        return (error as ContractError).message.replace(/^.*, found /s, "");
      }
      return "nothing wrong";
    };
    expect(found(["a", "b"])).toBe("an array of 2");
    expect(found({})).toBe("an object");
    expect(found(5n)).toBe("a bigint");
    expect(found(() => 1)).toBe("a function");
    expect(found("x".repeat(41))).toBe("a string of 41 characters");
  });

  it("lists all violations up to the limit", () => {
    const { data } = samples["mempool-snapshot"] as { data: object };
    const wrong = { type: "mempool_update", data: { ...data, confidence: 2, seq: -1, epoch: 7 } };
    const fields = (limit?: number): string[] =>
      contractDeviations(contractSchemas["mempool-snapshot"], wrong, limit).map(({ field }) => field);
    expect(fields()).toEqual(expect.arrayContaining(["data.confidence", "data.seq", "data.epoch"]));
    expect(fields(2)).toHaveLength(2);
    expect(contractDeviations(contractSchemas["mempool-snapshot"], samples["mempool-snapshot"])).toEqual([]);
  });

  it("names the invalid field of a delta, not the fields that only a snapshot needs", () => {
    const { data } = samples["mempool-delta"] as { data: object };
    const wrong = { type: "mempool_update", data: { ...data, status: "fine" } };
    for (const check of [checkMempoolUpdate, checkServerMessage]) expect(() => check(wrong)).toThrow('"data.status"');
  });

  it("is thrown for an unknown status and a price of zero", () => {
    const update = structuredClone(samples["mempool-update"]) as { data: Record<string, unknown> };
    update.data["status"] = "fine";
    expect(() => checkMempoolUpdate(update)).toThrow("data.status");
    update.data["status"] = "ok";
    update.data["price"] = 0;
    expect(() => checkMempoolUpdate(update)).toThrow("data.price");
  });
});
