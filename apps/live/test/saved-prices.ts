import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { BlockPrice } from "../src/confirmed/price-record.ts";
import { SavedData } from "../src/store/saved-data.ts";
import { storeFolderOf } from "../src/store/store-folder.ts";

/**
 * Values saved in a data folder by key prefix, read from a copy: the service may be writing to it.
 */
async function savedValues(directory: string, chain: string, prefix: string): Promise<unknown[]> {
  const copies = mkdtempSync(join(tmpdir(), "saved-copy-"));
  const copy = storeFolderOf(copies, chain);
  try {
    // A file that the service removes meanwhile fails the copy; it may be tried again.
    cpSync(storeFolderOf(directory, chain), copy, { recursive: true });
    const data = await SavedData.open(copy, pino({ level: "silent" }));
    try {
      const { values, damaged } = await data.read(prefix);
      if (damaged > 0) throw new Error(`${damaged} damaged values`);
      return [...values.values()];
    } finally {
      await data.close();
    }
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}

/**
 * The saved block prices, lowest first; empty while there are none or the service is rewriting
 * them.
 */
export async function savedBlockPrices(directory: string, chain: string): Promise<readonly BlockPrice[]> {
  try {
    return (await savedValues(directory, chain, "confirmed/block/")) as BlockPrice[];
  } catch {
    return [];
  }
}
