import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import type { Logger } from "pino";
import { logLine } from "../logging/log-line.ts";
import type { SavedData } from "../store/saved-data.ts";
import type { ConfirmedHistory } from "./confirmed-history.ts";
import { priceFileOf, readPriceFile } from "./price-file.ts";
import { type BlockPrice, BlockPriceSchema, type WindowNumber, WindowNumberSchema } from "./price-record.ts";
import { survivingRecords } from "./surviving-records.ts";

const blockPrice = TypeCompiler.Compile(BlockPriceSchema);
const windowNumber = TypeCompiler.Compile(WindowNumberSchema);

const PREFIX = "confirmed/";
/** Present once the file of earlier versions was read. */
const MIGRATED = "migrated/confirmed-prices";

/** Heights in ten digits, so that the order of the keys is that of the heights. */
const keyOf = (record: BlockPrice | WindowNumber): string =>
  `${PREFIX}${record.kind === "block" ? `block/${String(record.height).padStart(10, "0")}` : record.kind}`;

/**
 * Loads the saved confirmed prices into a history, and saves its changes. The first time, imports
 * the prices from the file of an earlier version; the file is not changed.
 */
export async function keepConfirmed(
  history: ConfirmedHistory,
  data: SavedData,
  chain: string,
  log: Logger,
): Promise<void> {
  const migrated = await importEarlier(data, chain, log);
  const { values, damaged } = await data.read(PREFIX);
  const saved: (BlockPrice | WindowNumber)[] = [];
  let invalid = damaged;
  for (const [key, value] of values) {
    const isRecord = blockPrice.Check(value) || windowNumber.Check(value);
    if (isRecord && keyOf(value) === key) saved.push(value);
    else invalid++;
  }
  if (invalid > 0) logLine(log, "damaged saved prices ignored", { path: data.path, damaged: invalid });
  history.restore([...migrated, ...saved], {
    save: (record) => data.write([[keyOf(record), record]]),
    remove: (record) => data.write([[keyOf(record), null]]),
  });
  logLine(log, "loaded saved prices", { path: data.path, records: history.blocks.length });
}

/** The prices in the file of earlier versions; empty if they were imported before. */
async function importEarlier(
  data: SavedData,
  chain: string,
  log: Logger,
): Promise<readonly (BlockPrice | WindowNumber)[]> {
  const path = priceFileOf(dirname(data.path), chain);
  if ((await data.read(MIGRATED)).values.size > 0 || !existsSync(path)) return [];
  const { records, damagedLines, skippedBytes } = await readPriceFile(path);
  if (damagedLines > 0) logLine(log, "damaged saved prices ignored", { path, damaged_lines: damagedLines });
  if (skippedBytes > 0) logLine(log, "older saved prices not loaded", { path, skipped_bytes: skippedBytes });
  const { blocks, lastDay, lastBlocks } = survivingRecords(records);
  const survivors = [...blocks, lastDay, lastBlocks].filter((record) => record !== null);
  data.write([...survivors.map((record) => [keyOf(record), record] as const), [MIGRATED, "1"]]);
  logLine(log, "imported prices of an earlier version", { path, records: survivors.length });
  return survivors;
}
