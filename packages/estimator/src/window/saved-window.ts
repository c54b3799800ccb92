import { type AnalyzerOptions, checkedOptions } from "../analyzer-options.ts";
import { describeValue, EstimatorError } from "../estimator-error.ts";
import { ByteReader, ByteWriter, crc32 } from "./byte-stream.ts";
import { PackedTxid } from "./packed-txid.ts";
import type { PaymentAmounts, TransactionWindow, WindowCounts } from "./transaction-window.ts";
import { ACTIVE, REJECTED, REMOVED, SEEN, VACATED } from "./window-entries.ts";

/** "UOWS" and the format version. Version 1 has no confirmed payments. */
const MAGIC = 0x53574f55;
const VERSION = 2;
const OLDEST_VERSION = 1;
const HEADER_BYTES = 12;
const LONGEST_TEXT = 4096;

/** Instead of the kind of a packed id: text follows. */
const TEXT_ID = 255;
/** The byte before the amounts: their output indexes in the lowest bits, their number above. */
const VOUT_BITS = 0b11;
const AMOUNT_COUNT_SHIFT = 2;
const AMOUNT_COUNT_BITS = 0b11;
/** Whether a block has confirmed the payment. */
const CONFIRMED_BIT = 0b10000;

/** Relation of an entry to the window. */
const IN_WINDOW = 0;
const REMEMBERED = 1;

/** States of remembered ids that are not `REMOVED`. Version 1 used the second for rejected ones. */
const EXPIRED = 5;
const REJECTED_EXPIRED = 6;
const WINDOW_STATES: ReadonlySet<number> = new Set([ACTIVE, REJECTED, SEEN, REMOVED]);
const REMEMBERED_STATES: ReadonlySet<number> = new Set([REMOVED, EXPIRED, REJECTED_EXPIRED]);

export interface SavedSettings extends Required<AnalyzerOptions> {
  lastPriceUsd: number | null;
}

interface SavedHead extends SavedSettings {
  counts: WindowCounts;
  forgotten: number;
  /** Missing in bytes saved before the limit existed. */
  displaced?: number;
  arrivals: number;
  /** Null if no time was known. */
  lastTime: number | null;
  entries: number;
}

export interface SavedWindow {
  settings: SavedSettings;
  /** Fills a new window with the saved state. */
  fill(window: TransactionWindow): void;
}

/**
 * A window as bytes: magic, version, CRC-32 of the rest; a JSON head; one record per transaction.
 */
export function writeSavedWindow(window: TransactionWindow, settings: SavedSettings): Uint8Array {
  const { entries, order, table, remembered } = window;
  order.sort();
  const writer = new ByteWriter();
  writer.uint32(MAGIC);
  writer.uint32(VERSION);
  writer.uint32(0);
  const head: SavedHead = {
    ...settings,
    counts: window.counts,
    forgotten: window.forgotten,
    displaced: window.displaced,
    arrivals: window.recent.count,
    lastTime: Number.isNaN(window.lastTime) ? null : window.lastTime,
    entries: table.size + remembered.size,
  };
  writer.text(JSON.stringify(head));
  const packed = new PackedTxid();
  remembered.forEach((txid, mayReturn) => {
    writer.uint8(REMEMBERED);
    writer.uint8(mayReturn ? REMOVED : EXPIRED);
    writeTxid(writer, packed, txid);
  });
  const write = (entry: number): void => {
    const state = entries.state(entry);
    if (state === VACATED) return;
    writer.uint8(IN_WINDOW);
    writer.uint8(state);
    if (table.copyPacked(entry, packed)) writePacked(writer, packed);
    else writeTxid(writer, packed, table.txid(entry));
    writer.float64(entries.time(entry));
    const amountCount = entries.amountCount(entry);
    const confirmed = entries.isConfirmed(entry) ? CONFIRMED_BIT : 0;
    writer.uint8(entries.vouts(entry) | (amountCount << AMOUNT_COUNT_SHIFT) | confirmed);
    if (amountCount > 0) writer.float64(entries.firstSats(entry));
    if (amountCount > 1) writer.float64(entries.secondSats(entry));
  };
  order.forEach(write);
  for (const entry of window.untimed) write(entry);
  const bytes = writer.finish();
  new DataView(bytes.buffer).setUint32(8, crc32(bytes, HEADER_BYTES), true);
  return bytes;
}

/** @throws {EstimatorError} `invalid_saved_state` */
export function readSavedWindow(saved: Uint8Array): SavedWindow {
  // Not instanceof: the bytes may come from another realm, such as a frame.
  if (Object.prototype.toString.call(saved) !== "[object Uint8Array]")
    throw invalid(`they are ${describeValue(saved)}, not a Uint8Array`);
  const reader = new ByteReader(saved);
  if (saved.length < HEADER_BYTES || reader.uint32() !== MAGIC)
    throw invalid("they do not begin as save() writes them");
  const version = reader.uint32();
  if (version < OLDEST_VERSION || version > VERSION)
    throw invalid(`they are of version ${version}, this program reads versions ${OLDEST_VERSION} to ${VERSION}`);
  if (reader.uint32() !== crc32(saved, HEADER_BYTES))
    throw invalid("their checksum is wrong: they are damaged or cut off");
  // After the checksum, only forged bytes can cause a read error.
  const head = guarded(() => checkedHead(JSON.parse(reader.text(LONGEST_TEXT))));
  return {
    settings: { ...settingsOf(head), lastPriceUsd: head.lastPriceUsd },
    fill: (window) => guarded(() => fillWindow(window, head, reader, version)),
  };
}

function checkedHead(head: SavedHead | null): SavedHead {
  const {
    counts,
    entries,
    arrivals,
    forgotten,
    displaced = 0,
    lastTime,
    lastPriceUsd,
  } = head ?? ({} as Partial<SavedHead>);
  const { received, filtered, active, expired, removed } = counts ?? ({} as Partial<WindowCounts>);
  const numbers = { received, filtered, active, expired, removed, entries, arrivals, forgotten, displaced };
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw invalid(`${name} is ${describeValue(value)}`);
  const isPositive = (value: unknown): boolean => typeof value === "number" && value > 0;
  if (lastPriceUsd !== null && !isPositive(lastPriceUsd))
    throw invalid(`lastPriceUsd is ${describeValue(lastPriceUsd)}`);
  if (lastTime !== null && lastTime !== 0 && !isPositive(lastTime))
    throw invalid(`lastTime is ${describeValue(lastTime)}`);
  return head as SavedHead;
}

function settingsOf(head: SavedHead): Required<AnalyzerOptions> {
  const { windowSeconds, engine, maxExpiredIds, maxTransactions } = head;
  try {
    return checkedOptions({ windowSeconds, engine, maxExpiredIds, maxTransactions });
  } catch (cause) {
    throw new EstimatorError("invalid_saved_state", "the settings of the saved bytes are not valid", { cause });
  }
}

function fillWindow(window: TransactionWindow, head: SavedHead, reader: ByteReader, version: number): void {
  const { received, filtered, active, expired, removed } = head.counts;
  if (active > head.arrivals) throw invalid("their counts do not add up");
  // The order of arrival is not saved: payments of the window count as the latest ones, in order of
  // time.
  window.recent.startBehind(head.arrivals - active);
  const packed = new PackedTxid();
  for (let i = 0; i < head.entries; i++) {
    const place = reader.uint8();
    const state = reader.uint8();
    const txid = readTxid(reader, packed);
    const states = place === REMEMBERED ? REMEMBERED_STATES : WINDOW_STATES;
    if (place > REMEMBERED || !states.has(state) || window.holds(txid)) throw invalid(`record ${i} is not valid`);
    if (place === REMEMBERED) {
      if (version === 1) readDetails(reader);
      window.restoreRemembered(txid, state === REMOVED);
    } else {
      const { timestamp, amounts, confirmed } = readDetails(reader);
      window.restore(txid, state, timestamp, amounts, confirmed);
    }
  }
  if (!reader.atEnd || window.recent.count !== head.arrivals || received !== filtered + active + expired + removed)
    throw invalid("their counts do not add up");
  Object.assign(window.counts, { received, filtered, active, expired, removed });
  window.forgotten = head.forgotten;
  window.displaced = head.displaced ?? 0;
  window.lastTime = head.lastTime ?? Number.NaN;
}

/** Saved data of a transaction besides its id and state. */
function readDetails(reader: ByteReader): { timestamp: number; amounts: PaymentAmounts; confirmed: boolean } {
  const timestamp = reader.float64();
  const outputs = reader.uint8();
  const amountCount = (outputs >> AMOUNT_COUNT_SHIFT) & AMOUNT_COUNT_BITS;
  const amounts = {
    firstSats: amountCount > 0 ? reader.float64() : 0,
    secondSats: amountCount > 1 ? reader.float64() : 0,
    vouts: outputs & VOUT_BITS,
  };
  return { timestamp, amounts, confirmed: (outputs & CONFIRMED_BIT) !== 0 };
}

/** An id in packed form, or as text if it does not fit. */
function writeTxid(writer: ByteWriter, packed: PackedTxid, txid: string): void {
  if (packed.pack(txid)) writePacked(writer, packed);
  else {
    writer.uint8(TEXT_ID);
    writer.text(txid);
  }
}

function writePacked(writer: ByteWriter, { kind, words }: PackedTxid): void {
  writer.uint8(kind);
  for (let i = 0; i < words.length; i++) writer.uint32(words[i] as number);
}

function readTxid(reader: ByteReader, packed: PackedTxid): string {
  const kind = reader.uint8();
  if (kind === TEXT_ID) return reader.text(LONGEST_TEXT);
  return packed.unpack(
    packed.words.map(() => reader.uint32()),
    kind,
  );
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof EstimatorError) throw cause;
    throw new EstimatorError("invalid_saved_state", "the saved bytes cannot be read to their end", { cause });
  }
}

function invalid(reason: string): EstimatorError {
  return new EstimatorError("invalid_saved_state", `the saved bytes cannot be restored: ${reason}`);
}
