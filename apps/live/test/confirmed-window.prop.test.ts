import { parseBlock, serializeBlock } from "@utxoracle/tx-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChainWindow } from "../src/confirmed/chain-window.ts";
import { TxidBlocks } from "../src/confirmed/txid-blocks.ts";

const id = (number: number): string => (number * 2_654_435_761).toString(16).padStart(16, "0").padEnd(64, "0");

/** The first 64 bits of an id. */
const bits = (txid: string): [high: number, low: number] => [
  Number.parseInt(txid.slice(0, 8), 16),
  Number.parseInt(txid.slice(8, 16), 16),
];

describe("the block that confirmed a transaction", () => {
  it("is the last one set, as in a map, until it is too old", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3000), fc.nat(40)), { maxLength: 6000 }), fc.nat(20), (entries, lag) => {
        const blocks = new TxidBlocks();
        const model = new Map<string, number>();
        let oldestKept = 0;
        for (const [txid, step] of entries) {
          const number = oldestKept + step;
          blocks.set(...bits(id(txid)), number, oldestKept);
          model.set(id(txid), number);
          oldestKept = Math.max(oldestKept, number - lag);
        }
        for (const [txid, number] of model) if (number >= oldestKept) expect(blocks.get(...bits(txid))).toBe(number);
        expect(blocks.get(...bits(id(5000)))).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });
});

interface Made {
  readonly raw: Uint8Array;
  readonly hash: string;
  /** Per payment its id, its inputs' ids, and its amounts in satoshis. */
  readonly payments: { txid: string; parents: string[]; sats: number[] }[];
}

/** A block of payments that each spend outputs of `spendable` or of nothing known. */
function makeBlock(previous: string, time: number, choices: readonly number[][], spendable: string[]): Made {
  const coinbase = {
    version: 2,
    inputs: [{ txid: "00".repeat(32), vout: 0xffffffff, scriptSig: Uint8Array.of(0x51, 0), sequence: 0, witness: [] }],
    outputs: [{ valueSats: 50, script: Uint8Array.of(0x51) }],
    lockTime: 0,
  };
  const script = Uint8Array.of(0x51);
  const transactions = choices.map((parents, index) => ({
    version: 2,
    inputs: [0, ...parents].map((parent, place) => ({
      txid:
        place === 0 ? id(1e6 + time * 100 + index) : (spendable[parent % Math.max(1, spendable.length)] ?? id(parent)),
      vout: place,
      scriptSig: new Uint8Array(0),
      sequence: 0,
      witness: [],
    })),
    outputs: [
      { valueSats: 5000 + index, script },
      { valueSats: parents.length % 2 === 0 ? 100 : 70_000 + index, script },
    ],
    lockTime: time,
  }));
  const header = { version: 1, previousBlockHash: previous, merkleRoot: "00".repeat(32), time, bits: 1, nonce: 0 };
  const raw = serializeBlock({ header, transactions: [coinbase, ...transactions] });
  const parsed = parseBlock(raw);
  const payments = parsed.transactions.slice(1).map(({ txid, inputs, outputs }) => ({
    txid,
    parents: inputs.map((input) => input.txid),
    sats: outputs.map(({ valueSats }) => valueSats).filter((value) => value > 1000),
  }));
  return { raw, hash: parsed.header.hash, payments };
}

/**
 * Rule 6 literally: a transaction that spends an earlier one of the same run does not count.
 */
function amountsReadAlone(blocks: readonly Made[]): number[] {
  const read = new Set<string>();
  const sats: number[] = [];
  for (const { payments } of blocks)
    for (const payment of payments) {
      if (!payment.parents.some((parent) => read.has(parent))) sats.push(...payment.sats);
      read.add(payment.txid);
    }
  return sats;
}

const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

describe("a window with a gap", () => {
  it("is detected, and complete after the missing block arrives", () => {
    const window = new ChainWindow({ seconds: 2000, keeps: "amounts" });
    const chain: Made[] = [];
    for (let index = 0; index < 12; index++)
      chain.push(makeBlock(chain.at(-1)?.hash ?? "11".repeat(32), 1000 + 300 * index, [[], []], []));
    const connect = (index: number) => window.connect((chain[index] as Made).raw, null);
    const hash = (index: number): string => (chain[index] as Made).hash;
    for (let index = 0; index < 9; index++) connect(index);
    expect(window.isWhole).toBe(true);
    connect(10);
    expect(window.reachesBackFrom(hash(8))).toBe(true);
    expect(window.reachesBackFrom(hash(10))).toBe(false);
    expect(window.isWhole).toBe(false);
    // As in a sync: the missing block, then those above it.
    expect(connect(9)?.replaced.map((block) => block.hash)).toEqual([hash(10)]);
    connect(10);
    expect(window.reachesBackFrom(hash(10))).toBe(true);
    connect(11);
    expect(window.isWhole).toBe(true);
  });
});

describe("a window without its newest blocks", () => {
  const chain: Made[] = [];
  for (let index = 0; index < 14; index++)
    chain.push(makeBlock(chain.at(-1)?.hash ?? "11".repeat(32), 1000 + 300 * index, [[]], []));
  const hash = (index: number): string => (chain[index] as Made).hash;
  const heldAfter = (window: ChainWindow, left: number): string[] => {
    for (const { raw } of chain) window.connect(raw, null);
    window.disconnect(hash(left));
    return window.blocks.map((block) => block.hash);
  };

  it("has the same length, with blocks that had become too old", () => {
    const window = new ChainWindow({ seconds: 1500, spareSeconds: 1500, keeps: "amounts" });
    expect(heldAfter(window, 11)).toEqual([5, 6, 7, 8, 9, 10].map(hash));
    expect(window.isWhole).toBe(true);
    expect(window.amountsBtc()).toHaveLength(6);
    window.connect((chain[11] as Made).raw, null);
    expect(window.blocks.map((block) => block.hash)).toEqual([6, 7, 8, 9, 10, 11].map(hash));
    expect(window.isWhole).toBe(true);
  });

  it("is incomplete without blocks that were not kept", () => {
    const window = new ChainWindow({ seconds: 1500, keeps: "amounts" });
    expect(heldAfter(window, 11)).toEqual([8, 9, 10].map(hash));
    expect(window.isWhole).toBe(false);
    window.startHere();
    expect(window.isWhole).toBe(true);
  });
});

describe("any window of a chain", () => {
  it("has the amounts of its blocks, also after reorganizations", () => {
    const choices = fc.array(fc.array(fc.nat(1000), { maxLength: 3 }), { maxLength: 6 });
    const steps = fc.array(
      fc.record({ choices, drop: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(4)) }),
      {
        minLength: 1,
        maxLength: 25,
      },
    );
    fc.assert(
      fc.property(steps, fc.constantFrom(900, 3000, Number.POSITIVE_INFINITY), (script, seconds) => {
        const window = new ChainWindow({ seconds, keeps: "transactions" });
        let chain: Made[] = [];
        script.forEach(({ choices: ofBlock, drop }, index) => {
          chain = chain.slice(0, Math.max(0, chain.length - drop));
          const spendable = chain.flatMap(({ payments }) => payments.map(({ txid }) => txid));
          const block = makeBlock(chain.at(-1)?.hash ?? "00".repeat(32), 1000 + 300 * index, ofBlock, spendable);
          // Without a held parent, the window detects no reorganization: the node reports it.
          if (drop > 0)
            while (window.tip !== null && window.tip.hash !== chain.at(-1)?.hash) window.disconnect(window.tip.hash);
          chain.push(block);
          window.connect(block.raw, null);
        });
        const held = chain.slice(-window.blocks.length);
        expect(window.blocks.map(({ hash }) => hash)).toEqual(held.map(({ hash }) => hash));
        for (let first = 0; first < held.length; first++)
          for (let end = first + 1; end <= held.length; end++)
            expect(sorted(window.amountsBtc(first, end))).toEqual(
              sorted(amountsReadAlone(held.slice(first, end)).map((value) => value / 1e8)),
            );
        const payments = [...window.payments()];
        expect(payments.flatMap(({ amounts }) => amounts)).toHaveLength(window.amountsBtc().length);
        expect(window.paymentCount).toBe(payments.length);
        const made = new Map(held.flatMap((block) => block.payments.map((payment) => [payment.txid, payment])));
        for (const { txid, amounts, vouts } of payments)
          for (const [place, amount] of amounts.entries())
            expect(amount * 1e8).toBeCloseTo(made.get(txid)?.sats[vouts[place] as number] as number, 3);
      }),
      { numRuns: 60 },
    );
  });
});
