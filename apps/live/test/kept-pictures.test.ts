import { parseBlockHeader, serializeBlock } from "@utxoracle/tx-parser";
import { expect, it } from "vitest";
import { ConfirmedSide } from "../src/confirmed/confirmed-side.ts";

const TIME = 1_700_000_000;

/** A block without payments. @param nonce makes it unique */
function block(previousBlockHash: string, nonce: number): { readonly raw: Uint8Array; readonly hash: string } {
  const raw = serializeBlock({
    header: { version: 1, previousBlockHash, merkleRoot: "00".repeat(32), time: TIME + 600 * nonce, bits: 1, nonce },
    transactions: [
      {
        version: 2,
        inputs: [
          { txid: "00".repeat(32), vout: 0xffffffff, scriptSig: Uint8Array.of(0x51, 0), sequence: 0, witness: [] },
        ],
        outputs: [{ valueSats: 50, script: Uint8Array.of(0x51) }],
        lockTime: nonce,
      },
    ],
  });
  return { raw, hash: parseBlockHeader(raw).hash };
}

it("pictures of the last four tips stay as they were, also of a tip that a reorganization replaced", () => {
  const side = new ConfirmedSide({
    windowSeconds: 10_800,
    engine: "posterior",
    estimate: () => ({ price: 60_000, interval: null, confidence: 0.99, status: "ok", windowPrice: 60_000 }),
    now: () => TIME + 6000,
  });
  const published: { readonly tip: string; readonly heights: readonly (number | null)[] }[] = [];
  const connect = (previous: string, nonce: number, height: number): string => {
    const { raw, hash } = block(previous, nonce);
    side.connect(raw, height);
    side.publish();
    published.push({ tip: hash, heights: side.points.picture?.blocks.map((each) => each.height) ?? [] });
    return hash;
  };
  const tips = [connect("11".repeat(32), 1, 101)];
  for (let nonce = 2; nonce <= 5; nonce++) tips.push(connect(tips.at(-1) ?? "", nonce, 100 + nonce));
  // Another block of the same height replaces the last one.
  side.disconnect(tips.at(-1) ?? "");
  tips.push(connect(tips.at(-2) ?? "", 6, 105));

  const kept = published.map(({ tip }) => side.points.pictureAt(tip));
  expect(kept.slice(0, 2)).toEqual([null, null]);
  expect(kept.slice(2).map((picture) => [picture?.tip, picture?.blocks.map(({ height }) => height)])).toEqual(
    published.slice(2).map(({ tip, heights }) => [tip, heights]),
  );
  expect(side.points.picture?.tip).toBe(tips.at(-1));
});
