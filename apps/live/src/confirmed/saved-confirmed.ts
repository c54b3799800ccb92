import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import type { Logger } from "pino";
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
 * Continues a history with the saved confirmed prices, and saves what changes. The first time, the
 * prices of an earlier version's file are taken over; the file stays as it is.
 */
export async function keepConfirmed(
  history: ConfirmedHistory,
  data: SavedData,
  chain: string,
  log: Logger,
): Promise<void> {
  const migrated = await takeOver(data, chain, log);
  const { values, damaged } = await data.read(PREFIX);
  const saved: (BlockPrice | WindowNumber)[] = [];
  let invalid = damaged;
  for (const [key, value] of values) {
    const isRecord = blockPrice.Check(value) || windowNumber.Check(value);
    if (isRecord && keyOf(value) === key) saved.push(value);
    else invalid++;
  }
  if (invalid > 0) log.warn({ path: data.path, damaged: invalid }, "saved prices are damaged and not used");
  history.restore([...migrated, ...saved], {
    save: (record) => data.write([[keyOf(record), record]]),
    remove: (record) => data.write([[keyOf(record), null]]),
  });
  log.info({ path: data.path, records: history.blocks.length }, "loaded saved prices");
}

/** The prices in the file of earlier versions, if they were not taken over before. */
async function takeOver(data: SavedData, chain: string, log: Logger): Promise<readonly (BlockPrice | WindowNumber)[]> {
  const path = priceFileOf(dirname(data.path), chain);
  if ((await data.read(MIGRATED)).values.size > 0 || !existsSync(path)) return [];
  const { records, damagedLines, skippedBytes } = await readPriceFile(path);
  if (damagedLines > 0) log.warn({ path, damaged_lines: damagedLines }, "saved prices are damaged and not used");
  if (skippedBytes > 0) log.info({ path, skipped_bytes: skippedBytes }, "older saved prices were not read");
  const { blocks, lastDay, lastBlocks } = survivingRecords(records);
  const survivors = [...blocks, lastDay, lastBlocks].filter((record) => record !== null);
  data.write([...survivors.map((record) => [keyOf(record), record] as const), [MIGRATED, "1"]]);
  log.info(
    { path, records: survivors.length },
    "took over the prices of an earlier version; the file is not needed any more",
  );
  return survivors;
}
