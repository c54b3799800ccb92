import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PriceEstimate } from "@utxoracle/models";
import type { Logger } from "pino";
import { UserError } from "../../config/user-error.ts";
import { SavedData } from "../../store/saved-data.ts";
import { StoreError } from "../../store/store-error.ts";
import { isStoreFolderName, storeFolderOf } from "../../store/store-folder.ts";
import { claimsPrice } from "../../track/judged-row.ts";
import { type PublishedRow, RECORD_SECONDS, SLOT_SECONDS, slotOf } from "../../track/published-row.ts";
import { PUBLISHED_PREFIX, publishedKey, readRows } from "../../track/saved-slots.ts";
import type { Answer, AnswerSource } from "./answers.ts";

/** A running service may change the folder while it is copied. */
const COPY_ATTEMPTS = 3;

/**
 * The published prices in a data folder. The database is copied first, so that the service may run.
 * @throws {UserError} if the folder has no record.
 */
export async function recordedAnswers(
  directory: string,
  chain: string | null,
  log: Logger,
): Promise<AnswerSource & { close(): Promise<void> }> {
  const folder = storeFolder(directory, chain);
  const temporary = mkdtempSync(join(tmpdir(), "utxoracle-score-"));
  const clean = (): void => rmSync(temporary, { recursive: true, force: true });
  let data: SavedData;
  try {
    data = await openCopy(folder, join(temporary, "copy"), log);
  } catch (cause) {
    clean();
    if (!(cause instanceof StoreError)) throw cause;
    throw new UserError(`--data-dir: ${cause.message}`, undefined, { cause });
  }
  const { values } = await data.readRange(PUBLISHED_PREFIX, `${PUBLISHED_PREFIX}\uffff`);
  const slots = [...values.keys()].map((key) => Number(key.slice(PUBLISHED_PREFIX.length)));
  const [first, last] = [slots[0], slots.at(-1)];
  return {
    title: `published prices in ${folder}`,
    span: first === undefined || last === undefined ? null : { from: first, to: last + SLOT_SECONDS },
    answers: async function* (times) {
      for (const time of times) {
        const row = rowAt(values, time);
        if (row !== null) yield answerOf(time, row);
      }
    },
    close: async () => {
      await data.close();
      clean();
    },
  };
}

/** What was published at a time: the last row, at most two steps before. */
function rowAt(slots: ReadonlyMap<string, unknown>, time: number): PublishedRow | null {
  for (const slot of [slotOf(time), slotOf(time) - SLOT_SECONDS]) {
    const rows = readRows(slot, slots.get(publishedKey(slot))) ?? [];
    const row = rows.filter((each) => each.time <= time).at(-1);
    if (row !== undefined) return time - row.time <= 2 * RECORD_SECONDS ? row : null;
  }
  return null;
}

/** An old price claims nothing about the moment. */
function answerOf(time: number, row: PublishedRow): Answer {
  const { low, high, confidence, status } = row;
  const price = claimsPrice(row) ? row.price : null;
  const interval = price === null || low === null || high === null ? null : { low, high };
  return { time, estimate: { price, interval, confidence, status: engineStatusOf(status), windowPrice: null } };
}

function engineStatusOf(status: PublishedRow["status"]): PriceEstimate["status"] {
  switch (status) {
    case "ok":
    case "low_confidence":
      return status;
    case "no_estimate":
    case "stale":
    case "warming_up":
      return "no_estimate";
    default:
      return status satisfies never;
  }
}

function storeFolder(directory: string, chain: string | null): string {
  if (!existsSync(directory)) throw new UserError(`--data-dir: ${directory} does not exist`);
  const names = readdirSync(directory).filter(isStoreFolderName);
  const wanted =
    chain === null ? names : names.filter((name) => join(directory, name) === storeFolderOf(directory, chain));
  const [name, other] = wanted;
  if (name === undefined)
    throw new UserError(`--data-dir: ${directory} has no saved prices${chain === null ? "" : ` of ${chain}`}`);
  if (other !== undefined) throw new UserError(`--data-dir: ${directory} has several chains; choose one with --chain`);
  return join(directory, name);
}

async function openCopy(folder: string, copy: string, log: Logger): Promise<SavedData> {
  for (let attempt = 1; ; attempt++)
    try {
      rmSync(copy, { recursive: true, force: true });
      cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith("LOCK") });
      return await SavedData.open(copy, log);
    } catch (error) {
      const isChanging = error instanceof StoreError || (error as NodeJS.ErrnoException).code === "ENOENT";
      if (!isChanging || attempt === COPY_ATTEMPTS) throw error;
    }
}
