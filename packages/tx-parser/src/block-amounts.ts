import { readBlockScans } from "./block.ts";
import { readUint32 } from "./compact-size.ts";
import { hashBlock } from "./hash-batch.ts";
import { isAmount, satoshisPerBtc, spendsSeen, standaloneRejectionReason } from "./payment-filter.ts";
import { digestsAddress } from "./sha256-engine.ts";

/**
 * The ids of a window by their first 16 hex digits, as two 32-bit numbers: digits 1 to 8, and
 * 9 to 16. Two of a million ids collide in one of 37 million windows.
 */
export interface SeenIdPrefixes {
  /** Whether an id with this prefix was added. */
  has(digits1to8: number, digits9to16: number): boolean;
  /** Adds the prefix of an id. The return value is ignored. */
  add(digits1to8: number, digits9to16: number): unknown;
}

/** The payments of a block, reduced to their amounts and ids. */
export interface BlockAmounts {
  /** All transactions of the block, including the coinbase. */
  readonly transactionCount: number;
  /** For each payment: index of its transaction in the block. */
  readonly transactionIndexes: Int32Array;
  /** Ids of the payments, 32 bytes each in the order of their hex digits. */
  readonly txids: Uint8Array;
  /** BTC, two entries per payment; NaN for an output that is out of range. */
  readonly amountsBtc: Float64Array;
}

const digestBytes = 32;
/** Ids are written in reverse byte order: their first digits are the last bytes of the digest. */
const digits1to8 = 28;
const digits9to16 = 24;

/**
 * Finds the payments of a block like {@link examineBlockTransactions}, without creating a string or
 * an object for each: use it for whole days of blocks.
 *
 * @param block one complete raw block
 * @param seen ids of the window; the ids of the block are added
 * @throws TxParseError when the bytes are not a block; nothing is added to `seen` then
 */
export function examineBlockAmounts(block: Uint8Array, seen: SeenIdPrefixes): BlockAmounts {
  const scans = readBlockScans(block);
  const transactionIndexes = new Int32Array(scans.length);
  const amountsBtc = new Float64Array(2 * scans.length);
  const txids = new Uint8Array(digestBytes * scans.length);
  const isSeen = (position: number): boolean =>
    seen.has(readUint32(block, position + digits1to8), readUint32(block, position + digits9to16));
  let index = 0;
  let payments = 0;
  hashBlock(block, scans, ({ memory }, count) => {
    for (let job = 0; job < count; job++) {
      const scan = scans[index]!;
      const isPayment = standaloneRejectionReason(scan) === null && !spendsSeen(block, scan, isSeen);
      const digest = digestsAddress + digestBytes * job;
      seen.add(readUint32(memory, digest + digits1to8), readUint32(memory, digest + digits9to16));
      if (isPayment) {
        const first = scan.firstValueSats / satoshisPerBtc;
        const second = scan.secondValueSats / satoshisPerBtc;
        transactionIndexes[payments] = index;
        for (let place = 0; place < digestBytes; place++)
          txids[digestBytes * payments + place] = memory[digest + digestBytes - 1 - place]!;
        amountsBtc[2 * payments] = isAmount(first) ? first : Number.NaN;
        amountsBtc[2 * payments + 1] = isAmount(second) ? second : Number.NaN;
        payments++;
      }
      index++;
    }
  });
  return {
    transactionCount: scans.length,
    transactionIndexes: transactionIndexes.slice(0, payments),
    amountsBtc: amountsBtc.slice(0, 2 * payments),
    txids: txids.slice(0, digestBytes * payments),
  };
}
