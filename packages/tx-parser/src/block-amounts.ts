import { readBlockScans } from "./block.ts";
import { readUint32 } from "./compact-size.ts";
import { hashBlock } from "./hash-batch.ts";
import { isAmount, ownRejectionReason, satoshisPerBtc, spendsSeen } from "./payment-filter.ts";
import { digestsAddress } from "./sha256-engine.ts";

/**
 * The ids of a window by their first 16 hex digits, as two numbers of 32 bits: digits 1 to 8, and 9 to 16. Among a
 * million ids two have these in common once in 37 million windows.
 */
export interface SeenIdStarts {
  /** Whether an id with these first sixteen hex digits was added, as two numbers of 32 bits. */
  has(digits1to8: number, digits9to16: number): boolean;
  /** Adds an id by its first sixteen hex digits, as two numbers of 32 bits. What it returns is not looked at. */
  add(digits1to8: number, digits9to16: number): unknown;
}

/** The payments of a block by their amounts alone. */
export interface BlockAmounts {
  /** Of the block, the coinbase among them. */
  readonly transactionCount: number;
  /** For each payment its transaction's place in the block. */
  readonly places: Int32Array;
  /** BTC; two neighbours for each payment, NaN where an output is out of range. */
  readonly amountsBtc: Float64Array;
}

const digestBytes = 32;
/** An id is written backwards: it begins with the last bytes. */
const digits1to8 = 28;
const digits9to16 = 24;

/**
 * The filter over a block for its amounts alone: the payments that {@link examineBlockTransactions} finds, without a
 * string or an object for each. For whole days of blocks.
 *
 * @param block one whole raw block
 * @param seen the ids of the window; those of the block are added
 * @throws TxParseError when the bytes are not a block; then nothing is added to `seen`
 */
export function examineBlockAmounts(block: Uint8Array, seen: SeenIdStarts): BlockAmounts {
  const scans = readBlockScans(block);
  const places = new Int32Array(scans.length);
  const amountsBtc = new Float64Array(2 * scans.length);
  const isSeen = (position: number): boolean =>
    seen.has(readUint32(block, position + digits1to8), readUint32(block, position + digits9to16));
  let index = 0;
  let payments = 0;
  hashBlock(block, scans, ({ memory }, count) => {
    for (let job = 0; job < count; job++) {
      const scan = scans[index]!;
      const isPayment = ownRejectionReason(scan) === null && !spendsSeen(block, scan, isSeen);
      const digest = digestsAddress + digestBytes * job;
      seen.add(readUint32(memory, digest + digits1to8), readUint32(memory, digest + digits9to16));
      if (isPayment) {
        const first = scan.firstValueSats / satoshisPerBtc;
        const second = scan.secondValueSats / satoshisPerBtc;
        places[payments] = index;
        amountsBtc[2 * payments] = isAmount(first) ? first : Number.NaN;
        amountsBtc[2 * payments + 1] = isAmount(second) ? second : Number.NaN;
        payments++;
      }
      index++;
    }
  });
  return {
    transactionCount: scans.length,
    places: places.slice(0, payments),
    amountsBtc: amountsBtc.slice(0, 2 * payments),
  };
}
