import { createHash } from "node:crypto";
import {
  computeTxid,
  computeWtxid,
  examineMempoolTransaction,
  parseTransaction,
  type Transaction,
} from "@utxoracle/tx-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateTransactions, SHAPE_SHARES, Simulation, type SimulationEvent } from "../src/index.ts";

function run(options: ConstructorParameters<typeof Simulation>[0], stepSeconds: number): SimulationEvent[] {
  const simulation = new Simulation(options, 1_700_000_000);
  const events: SimulationEvent[] = [];
  while (simulation.time < 0) {
    simulation.advance(Math.min(0, simulation.time + stepSeconds), (event) => events.push(event));
  }
  return events;
}

function digest(chunks: Iterable<Uint8Array>): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

function bytesOf(event: SimulationEvent): Uint8Array {
  if ("block" in event) return event.block.toBytes()!;
  return Buffer.concat([event.transaction.rawBytes, Buffer.from(`${event.type} ${event.mempoolSequence}`)]);
}

describe("the same seed", () => {
  it("gives the same bytes; another seed gives others", () => {
    const bytes = (seed: string) =>
      digest([...generateTransactions({ seed, count: 500 })].map((made) => made.rawBytes));
    expect(bytes("a")).toBe(bytes("a"));
    expect(bytes("a")).not.toBe(bytes("b"));
  });

  it("gives the same transactions for any start time", () => {
    const ids = (startTimestamp: number) =>
      [...generateTransactions({ seed: 1, count: 300 }, startTimestamp)].map(({ txid }) => txid);
    expect(ids(0)).toEqual(ids(1_800_000_000.25));
  });

  it("gives the same events for any time steps", () => {
    const options = { seed: 5, historySeconds: 1800, transactionsPerSecond: 2 };
    const whole = digest(run(options, 1800).map(bytesOf));
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 900, noNaN: true }), (step) => {
        expect(digest(run(options, step).map(bytesOf))).toBe(whole);
      }),
      { numRuns: 5 },
    );
  });

  it("gives the recorded bytes on every machine and Node version", () => {
    const made = [...generateTransactions({ seed: "promise", count: 200 })].map(({ rawBytes }) => rawBytes);
    expect(digest(made)).toMatchInlineSnapshot(`"21101f1661e9a5f99760209ba78a7002b9fc0468cda6f9715b3de0d1451d7853"`);
  });
});

describe("transactions", () => {
  const made = [...generateTransactions({ seed: "shapes", count: 12_000, transactionsPerSecond: 100 })];
  const parsed = made.map(({ rawBytes }) => parseTransaction(rawBytes));
  const share = (matches: (transaction: Transaction) => boolean) => parsed.filter(matches).length / parsed.length;

  it("parse completely and have the stated ids", () => {
    expect(parsed.map(({ txid }) => txid)).toEqual(made.map(({ txid }) => txid));
    expect(made.filter(({ rawBytes, txid }) => computeTxid(rawBytes) !== txid)).toEqual([]);
    expect(new Set(made.map(({ txid }) => txid)).size).toBe(made.length);
  });

  it("double spend only in replacements, and then all inputs", () => {
    const outpoints = ({ inputs }: Transaction) => inputs.map(({ txid, vout }) => `${txid}:${vout}`);
    const spender = new Map<string, string>();
    const conflicts: string[] = [];
    let replacements = 0;
    for (const transaction of parsed) {
      const spent = outpoints(transaction);
      const whole = spent.join();
      if (spender.has(spent[0]!)) replacements++;
      for (const outpoint of spent) {
        if ((spender.get(outpoint) ?? whole) !== whole) conflicts.push(outpoint);
        spender.set(outpoint, whole);
      }
    }
    expect(conflicts).toEqual([]);
    expect(replacements / parsed.length).toBeGreaterThan(0.003);
    expect(replacements / parsed.length).toBeLessThan(0.02);
  });

  it("are of all kinds, with 1 to 300 inputs and outputs", () => {
    const items = ({ inputs }: Transaction) => inputs[0]!.witness.length;
    expect(share(({ isSegwit }) => !isSegwit)).toBeGreaterThan(0.02);
    expect(share((transaction) => items(transaction) === 2)).toBeGreaterThan(0.25);
    expect(share((transaction) => transaction.inputs[0]!.witness[0]?.length === 64)).toBeGreaterThan(0.3);
    expect(share((transaction) => items(transaction) === 3)).toBeGreaterThan(0.2);
    expect(share(({ inputs }) => inputs[0]!.scriptSig.length === 23)).toBeGreaterThan(0.02);
    for (const count of [(t: Transaction) => t.inputs.length, (t: Transaction) => t.outputs.length]) {
      const counts = parsed.map(count);
      expect(Math.min(...counts)).toBe(1);
      expect(Math.max(...counts)).toBeGreaterThan(250);
      expect(Math.max(...counts)).toBeLessThanOrEqual(300);
    }
    const kinds = new Set(parsed.flatMap(({ outputs }) => outputs.map(({ scriptType }) => scriptType)));
    for (const kind of ["p2wpkh", "p2tr", "p2sh", "p2pkh", "p2wsh", "op_return"]) expect(kinds).toContain(kind);
    expect(
      share(({ inputs }) => inputs.some(({ witness }) => witness.some((item) => item.length > 4000))),
    ).toBeGreaterThan(0.0005);
  });

  it("fail the payment filter in the stated shares", () => {
    const seen = new Set<string>();
    const reasons = new Map<string, number>();
    for (const { rawBytes, timestamp } of made) {
      const reason = examineMempoolTransaction({ rawBytes, timestamp, topic: "rawtx" }, seen).reason ?? "payment";
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1 / made.length);
    }
    const stated = new Map<string, number>(SHAPE_SHARES);
    expect(reasons.get("payment")).toBeCloseTo(stated.get("payment")!, 1);
    expect(reasons.get("payment")).toBeGreaterThan(0.3);
    expect(reasons.get("payment")).toBeLessThan(0.45);
    expect(reasons.get("too_many_inputs")).toBeCloseTo(stated.get("many_inputs")!, 2);
    expect(reasons.get("op_return")).toBeCloseTo(stated.get("op_return")!, 2);
    expect(reasons.get("large_witness")).toBeCloseTo(stated.get("large_witness")!, 2);
    expect(reasons.get("spends_window_transaction")).toBeGreaterThan(0.03);
  });

  it("have the weight, size and wtxid reported by the node", () => {
    const simulation = new Simulation({ seed: "weights", historySeconds: 300, transactionsPerSecond: 5 }, 0);
    simulation.advance(0, () => {});
    let seen = 0;
    for (const { transaction } of simulation.mempool.entries()) {
      const { weight, vsize } = parseTransaction(transaction.rawBytes);
      expect({ weight, vsize }).toEqual({ weight: transaction.weight, vsize: transaction.vsize });
      expect(computeWtxid(transaction.rawBytes)).toBe(transaction.wtxid);
      seen++;
    }
    expect(seen).toBeGreaterThan(100);
  });
});
