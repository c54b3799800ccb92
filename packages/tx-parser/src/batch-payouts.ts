import { compactSizeWidth, readLongCompactSize, readUint32 } from "./compact-size.ts";
import { isAmount, satoshisPerBtc } from "./payment-filter.ts";
import { scanBlock } from "./scan.ts";
import type { TransactionScan } from "./transaction-scan.ts";

/** Most outputs of a transaction that is not a batch. */
const mostSingleOutputs = 20;

/**
 * Finds the batch payouts of a block: transactions with more than 20 outputs, the coinbase
 * excepted. Exchanges and services pay many customers in one. The payment filter rejects all of
 * them.
 *
 * @param block one complete raw block
 * @returns for each batch, in block order, the BTC values of its outputs within (1e-5, 1e5)
 * @throws TxParseError when the bytes are not a block
 * @example estimatePosterior(amounts, { batches: batchPayouts(block) })
 */
export function batchPayouts(block: Uint8Array): Float64Array[] {
  const batches: Float64Array[] = [];
  scanBlock(block, (scan) => {
    if (scan.outputCount > mostSingleOutputs && !scan.hasCoinbaseInput) batches.push(outputAmounts(block, scan));
  });
  return batches;
}

function outputAmounts(bytes: Uint8Array, { offset, outputsOffset, outputCount }: TransactionScan): Float64Array {
  const amounts = new Float64Array(outputCount);
  let position = offset + outputsOffset;
  position += compactSizeWidth(bytes[position]!);
  let count = 0;
  for (let left = outputCount; left > 0; left--) {
    const btc = (readUint32(bytes, position + 4) * 0x100000000 + readUint32(bytes, position)) / satoshisPerBtc;
    if (isAmount(btc)) amounts[count++] = btc;
    position += 8;
    const first = bytes[position]!;
    const length = first < 0xfd ? first : readLongCompactSize(bytes, position, bytes.length);
    position += compactSizeWidth(first) + length;
  }
  return amounts.slice(0, count);
}
