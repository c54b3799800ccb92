import { createHash } from "node:crypto";
import { parseBlock } from "@utxoracle/tx-parser";
import { describe, expect, it } from "vitest";
import { type SimulatedBlock, Simulation, type SimulationEvent } from "../src/index.ts";

const sha256d = (bytes: Uint8Array): Buffer =>
  createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest();
const internal = (id: string): Buffer => Buffer.from(id, "hex").reverse();

/** An independent implementation of the definition. */
function rootOf(ids: readonly Buffer[]): Buffer {
  if (ids.length === 1) return ids[0]!;
  const level: Buffer[] = [];
  for (let i = 0; i < ids.length; i += 2) level.push(sha256d(Buffer.concat([ids[i]!, ids[i + 1] ?? ids[i]!])));
  return rootOf(level);
}

function history(options: ConstructorParameters<typeof Simulation>[0]): {
  simulation: Simulation;
  events: SimulationEvent[];
} {
  const simulation = new Simulation(options, 1_700_000_000);
  const events: SimulationEvent[] = [];
  simulation.advance(0, (event) => events.push(event));
  return { simulation, events };
}

const options = { seed: "blocks", historySeconds: 3600, transactionsPerSecond: 3, blockIntervalSeconds: 300 };

function checkBlock(block: SimulatedBlock): void {
  const bytes = block.toBytes()!;
  const { header, transactions, weight } = parseBlock(bytes);
  expect(header.hash).toBe(block.hash);
  expect(sha256d(bytes.subarray(0, 80)).reverse().toString("hex")).toBe(block.hash);
  // Target of bits 0x207fffff: 7fffff followed by zeros.
  expect(block.hash < `7fffff${"0".repeat(58)}`).toBe(true);
  expect(header.merkleRoot).toBe(
    rootOf(transactions.map(({ txid }) => internal(txid)))
      .reverse()
      .toString("hex"),
  );
  const [coinbase, ...others] = transactions;
  expect(coinbase!.isCoinbase).toBe(true);
  const { scriptSig, witness } = coinbase!.inputs[0]!;
  // BIP34: the height, as a push of a little-endian number.
  expect(scriptSig[0]).toBe(3);
  expect(Buffer.from(scriptSig).readUIntLE(1, 3)).toBe(block.height);
  expect(witness.map((item) => Buffer.from(item).toString("hex"))).toEqual(["00".repeat(32)]);
  // BIP141: OP_RETURN, 36 bytes, aa21a9ed, and the hash of the witness root with the coinbase's
  // witness.
  const witnessRoot = rootOf([Buffer.alloc(32), ...others.map(({ wtxid }) => internal(wtxid))]);
  const commitment = sha256d(Buffer.concat([witnessRoot, Buffer.alloc(32)])).toString("hex");
  const scripts = coinbase!.outputs.map(({ script }) => Buffer.from(script).toString("hex"));
  expect(scripts).toContain(`6a24aa21a9ed${commitment}`);
  expect(others.some(({ isCoinbase }) => isCoinbase)).toBe(false);
  expect(weight).toBeLessThanOrEqual(4_000_000);
}

describe("blocks", () => {
  const { simulation, events } = history(options);

  it("have valid proof of work, merkle root, height, commitment and weight", () => {
    expect(simulation.blocks.length).toBeGreaterThan(5);
    for (const block of simulation.blocks) checkBlock(block);
  });

  it("form a chain of increasing heights and times", () => {
    for (const [index, block] of simulation.blocks.entries()) {
      if (index === 0) continue;
      const before = simulation.blocks[index - 1]!;
      expect(block.previousHash).toBe(before.hash);
      expect(block.height).toBe(before.height + 1);
      expect(block.timestamp).toBeGreaterThan(before.timestamp);
    }
    expect(simulation.blocks[0]!.timestamp).toBe(1_700_000_000 - 3600);
    expect(simulation.tip.timestamp).toBeLessThanOrEqual(1_700_000_000);
  });

  it("contain parents before children, and unseen transactions", () => {
    const announced = new Set(events.flatMap((event) => ("transaction" in event ? [event.transaction.txid] : [])));
    const tooEarly: string[] = [];
    let unseen = 0;
    for (const block of simulation.blocks) {
      const place = new Map(block.transactions!.map(({ txid }, index) => [txid, index]));
      for (const [index, { parents, txid }] of block.transactions!.entries()) {
        if (parents.some((parent) => (place.get(parent.txid) ?? -1) >= index)) tooEarly.push(txid);
        if (index > 0 && !announced.has(txid)) unseen++;
      }
    }
    expect(tooEarly).toEqual([]);
    expect(unseen).toBeGreaterThan(0);
  });

  it("pay subsidy and fees in the coinbase", () => {
    const { transactions } = simulation.tip;
    const fees = transactions!.reduce((sum, { feeSats }) => sum + feeSats, 0);
    const paid = parseBlock(simulation.tip.toBytes()!).transactions[0]!.outputs[0]!.valueSats;
    expect(paid).toBe(312_500_000 + fees);
  });

  it("contain the highest fee rates if the mempool is full", () => {
    const full = history({ ...options, transactionsPerSecond: 4, blockIntervalSeconds: Infinity }).simulation;
    const waiting = full.mempool.size;
    const block = full.mineBlock(() => {});
    checkBlock(block);
    expect(full.mempool.size).toBeGreaterThan(waiting / 2);
    const mean = (rates: number[]) => rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    const left = [...full.mempool.entries()].map(({ transaction }) => transaction.feeRate);
    expect(mean(block.transactions!.slice(1).map(({ feeRate }) => feeRate))).toBeGreaterThan(1.5 * mean(left));
  });
});

describe("the mempool", () => {
  it("matches the events, and its counter has gaps only for blocks", () => {
    const { simulation, events } = history(options);
    const held = new Set<string>();
    const holes: number[] = [];
    const unknown: string[] = [];
    let removedByBlocks = 0;
    let last = 0;
    for (const event of events) {
      if (event.type === "block_connected") {
        for (const { txid } of event.block.transactions!) if (held.delete(txid)) removedByBlocks++;
      } else if ("transaction" in event) {
        if (event.mempoolSequence !== last + 1 + removedByBlocks) holes.push(event.mempoolSequence);
        last = event.mempoolSequence;
        removedByBlocks = 0;
        if (event.type === "transaction_added") held.add(event.transaction.txid);
        else if (!held.delete(event.transaction.txid)) unknown.push(event.transaction.txid);
      }
    }
    expect({ holes, unknown }).toEqual({ holes: [], unknown: [] });
    expect([...simulation.mempool.txids()].sort()).toEqual([...held].sort());
    expect(simulation.mempool.nextSequence).toBe(last + 1 + removedByBlocks);
    const reasons = events.flatMap((event) => (event.type === "transaction_removed" ? [event.reason] : []));
    expect(new Set(reasons)).toEqual(new Set(["replaced", "evicted"]));
  });

  it("replaces transactions with equal inputs and a higher fee", () => {
    const { events } = history(options);
    const replaced = events.flatMap((event, index) => {
      const next = events[index + 1];
      const isPair =
        event.type === "transaction_removed" && event.reason === "replaced" && next?.type === "transaction_added";
      return isPair ? [[event.transaction, next.transaction] as const] : [];
    });
    expect(replaced.length).toBeGreaterThan(20);
    for (const [before, after] of replaced) {
      expect(after.txid).not.toBe(before.txid);
      expect(after.rawBytes.subarray(0, 42)).toEqual(before.rawBytes.subarray(0, 42));
      expect(after.feeSats - before.feeSats).toBe(before.lastAmountSats - after.lastAmountSats);
      expect(after.feeSats).toBeGreaterThan(before.feeSats);
    }
  });

  it("evicts the oldest above its limit with their descendants", () => {
    const { simulation, events } = history({ ...options, blockIntervalSeconds: Infinity, maxMempoolTransactions: 500 });
    expect(simulation.mempool.size).toBeLessThanOrEqual(500);
    expect(simulation.mempool.size).toBeGreaterThan(480);
    for (const event of events) {
      if (event.type !== "transaction_removed") continue;
      for (const child of event.transaction.children ?? []) {
        if (event.reason === "evicted") expect(simulation.mempool.has(child.txid)).toBe(false);
      }
    }
  });

  it("restores transactions of a reorganization, parents first", () => {
    const { simulation } = history(options);
    const before = simulation.tip;
    const confirmed = simulation.blocks.slice(-2).flatMap(({ transactions }) => transactions!.slice(1));
    const waiting = [...simulation.mempool.txids()];
    const events: SimulationEvent[] = [];
    simulation.reorganize(2, (event) => events.push(event));
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["block_disconnected", "block_disconnected"]);
    expect(events[0]).toMatchObject({ block: { hash: before.hash } });
    expect(simulation.tip.height).toBe(before.height + 1);
    for (const block of simulation.blocks) checkBlock(block);
    const again = new Set(
      simulation.blocks.slice(-3).flatMap(({ transactions }) => transactions!.map(({ txid }) => txid)),
    );
    const returned = confirmed.filter(({ txid }) => !again.has(txid)).map(({ txid }) => txid);
    expect(returned.length).toBeGreaterThan(0);
    expect([...simulation.mempool.txids()].sort()).toEqual([...waiting, ...returned].sort());
    const place = new Map([...simulation.mempool.txids()].map((txid, index) => [txid, index]));
    for (const { transaction } of simulation.mempool.entries()) {
      for (const { txid } of transaction.parents) {
        expect(place.get(txid) ?? -1).toBeLessThan(place.get(transaction.txid)!);
      }
    }
  });

  it("is announced again after a restart, with counter 1 and entry times", () => {
    const { simulation } = history(options);
    const entered = () =>
      [...simulation.mempool.entries()].map(({ transaction, enteredAt }) => [transaction.txid, enteredAt]);
    const before = entered();
    const events: SimulationEvent[] = [];
    simulation.restart((event) => events.push(event));
    expect(events.map((event) => "transaction" in event && [event.transaction.txid, event.mempoolSequence])).toEqual(
      before.map(([txid], index) => [txid, index + 1]),
    );
    expect(entered()).toEqual(before);
    expect(simulation.mempool.nextSequence).toBe(before.length + 1);
  });

  it("prunes old blocks to headers, so that memory stays constant", () => {
    const simulation = new Simulation({ seed: 1, historySeconds: 0, transactionsPerSecond: 0.05 }, 1_700_000_000);
    simulation.advance(40_000, () => {});
    const held = simulation.blocks.filter(({ transactions }) => transactions !== null);
    expect(simulation.blocks.length).toBeGreaterThan(held.length);
    expect(Math.min(...held.map(({ timestamp }) => timestamp))).toBeGreaterThan(1_700_000_000 + 40_000 - 16_000);
    expect(simulation.blocks[0]!.toBytes()).toBeNull();
  });
});
