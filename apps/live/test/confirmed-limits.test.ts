import { parseBlockHeader, serializeBlock } from "@utxoracle/tx-parser";
import { describe, expect, it } from "vitest";
import { budgets } from "../src/config/budgets.ts";
import { ChainWindow } from "../src/confirmed/chain-window.ts";
import { ConfirmedSide } from "../src/confirmed/confirmed-side.ts";
import { createRecentChain } from "../src/confirmed/recent-windows.ts";

const TIME = 1_700_000_000;

/** A block with this number of transactions, including the coinbase. */
function block(previousBlockHash: string, nonce: number, transactionCount = 1): Uint8Array {
  const transaction = (number: number) => ({
    version: 2,
    inputs: [{ txid: "00".repeat(32), vout: 0xffffffff, scriptSig: Uint8Array.of(0x51, 0), sequence: 0, witness: [] }],
    outputs: [{ valueSats: 50, script: Uint8Array.of(0x51) }],
    lockTime: number,
  });
  return serializeBlock({
    header: { version: 1, previousBlockHash, merkleRoot: "00".repeat(32), time: TIME, bits: 1, nonce },
    transactions: Array.from({ length: transactionCount }, (_, number) => transaction(1000 * nonce + number)),
  });
}

const hashOf = (raw: Uint8Array): string => parseBlockHeader(raw).hash;
const noEstimate = { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null } as const;

describe("blocks beyond the limits", () => {
  it.each([
    ["that follow each other", (tip: string) => tip],
    ["of which none follows another", (_: string, nonce: number) => nonce.toString(16).padStart(64, "0")],
  ])("%s: the oldest are removed, and the window counts as complete", (_, parentOf) => {
    const window = new ChainWindow({ seconds: 10_000, keeps: "amounts", limits: { blocks: 5, transactions: 100 } });
    const hashes: string[] = [];
    for (let nonce = 1; nonce <= 20; nonce++) {
      const raw = block(parentOf(hashes.at(-1) ?? "11".repeat(32), nonce), nonce);
      window.connect(raw, null);
      hashes.push(hashOf(raw));
    }
    expect(window.blocks.map(({ hash }) => hash)).toEqual(hashes.slice(-5));
  });

  it("are removed oldest first when transactions exceed the limit, except the tip", () => {
    const window = new ChainWindow({ seconds: 10_000, keeps: "amounts", limits: { blocks: 50, transactions: 10 } });
    let tip = "11".repeat(32);
    const add = (nonce: number, transactions: number): void => {
      const raw = block(tip, nonce, transactions);
      window.connect(raw, null);
      tip = hashOf(raw);
    };
    for (let nonce = 1; nonce <= 5; nonce++) add(nonce, 4);
    expect(window.blocks).toHaveLength(2);
    expect(window.reachesBackFrom(tip)).toBe(true);
    add(6, 30);
    expect(window.blocks.map(({ hash }) => hash)).toEqual([tip]);
    add(7, 1);
    expect(window.blocks.map(({ hash }) => hash)).toEqual([tip]);
  });

  it("do not occur in a normal window or the last days", () => {
    const side = new ConfirmedSide({
      windowSeconds: 10_800,
      engine: "reference",
      now: () => TIME,
      estimate: () => noEstimate,
    });
    const recent = createRecentChain();
    let tip = "11".repeat(32);
    for (let nonce = 1; nonce <= budgets.recentBlocks.count + 50; nonce++) {
      const raw = block(tip, nonce);
      if (nonce <= budgets.confirmedBlocks.count + 50) side.connect(raw, null);
      recent.connect(raw, nonce);
      tip = hashOf(raw);
    }
    expect(side.chain.blocks).toHaveLength(budgets.confirmedBlocks.count);
    expect(recent.blocks).toHaveLength(budgets.recentBlocks.count);
  });
});
