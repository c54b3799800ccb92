import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { BlockSource } from "@utxoracle/block-source";
import { corpusPath, needs } from "@utxoracle/testkit";
import { parseBlockHeader } from "@utxoracle/tx-parser";
import { expect, it } from "vitest";
import { priceOfWindow } from "../src/commands/price/window-price.ts";

/** A node on this chain with one real block. */
function oneBlock(chain: string): { source: BlockSource; time: number } {
  const rawBytes = gunzipSync(readFileSync(corpusPath("blocks/702861.raw.gz")));
  const { hash, previousBlockHash: previousHash, time } = parseBlockHeader(rawBytes);
  const place = { hash, previousHash, height: 702_861, time };
  const source: BlockSource = {
    kind: "files",
    tip: async () => ({
      chain,
      height: place.height,
      hash,
      missingBlocks: 0,
      initialBlockDownload: false,
      verificationProgress: 1,
    }),
    reach: async (height) => height,
    places: async () => [place],
    block: async () => rawBytes,
    close: () => undefined,
  };
  return { source, time };
}

it("gives batch payouts to posterior, and none to reference", needs("corpus"), async () => {
  const { source, time } = oneBlock("main");
  const batchesOf = async (engine: "posterior" | "reference"): Promise<number> => {
    let received = 0;
    await priceOfWindow(
      source,
      { kind: "blocks", blocks: 1 },
      {
        engine,
        now: time,
        estimate: (_engine, _amounts, batches) => {
          received = batches.length;
          return { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };
        },
      },
    );
    return received;
  };
  expect(await batchesOf("posterior")).toBe(27);
  expect(await batchesOf("reference")).toBe(0);
});

it.each([
  ["main", "ok"],
  ["signet", "low_confidence"],
  ["regtest", "low_confidence"],
])("turns a price of chain %s that is ok into %s", needs("corpus"), async (chain, status) => {
  const { source, time } = oneBlock(chain);
  const ok = { price: 42_000, interval: null, confidence: 1, status: "ok", windowPrice: null } as const;
  const options = { engine: null, now: time, estimate: () => ok };
  const { estimate } = await priceOfWindow(source, { kind: "blocks", blocks: 1 }, options);
  expect(estimate.status).toBe(status);
});
