import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { corpusPath } from "@utxoracle/testkit";
import { fromHex } from "./transaction-bytes.ts";

function readGzipped(relativePath: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(corpusPath(relativePath))));
}

/** The real mempool of 2024-03-14: 8,131 raw transactions, parents before children. */
export function corpusMempool(): Uint8Array[] {
  const text = new TextDecoder().decode(readGzipped("mempool/2024-03-14.rawtx.hex.gz"));
  return text.trim().split("\n").map(fromHex);
}

export const corpusBlockNames = ["702861", "367891", "426884", "testnet-928816", "testnet-928849"] as const;

export function corpusBlock(name: (typeof corpusBlockNames)[number]): Uint8Array {
  return readGzipped(`blocks/${name}.raw.gz`);
}
