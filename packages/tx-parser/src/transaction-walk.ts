import { compactSizeWidth, readLongCompactSize, readUint32 } from "./compact-size.ts";
import type { TransactionScan } from "./transaction-scan.ts";
import { TxParseError } from "./tx-parse-error.ts";

/** Outpoint (36), length prefix of an empty script (1) and sequence (4). */
const minInputBytes = 41;
/** Value (8) and length prefix of an empty script (1). */
const minOutputBytes = 9;
/** Rule 5 of the payment filter: maximum bytes of witness per input. */
const maxPaymentWitnessBytes = 500;

const opReturn = 0x6a;

/**
 * Walks over the transaction that starts at `start`, checks every length against `end`, and fills
 * `scan`. Bytes are checked only here; all later readers rely on it. The rules are those of Bitcoin
 * Core's `UnserializeTransaction`.
 *
 * @param allowWitness false reads zero inputs as zero inputs, not as the SegWit marker
 * @returns the end of the transaction
 * @throws TxParseError
 */
export function walkTransaction(
  bytes: Uint8Array,
  start: number,
  end: number,
  allowWitness: boolean,
  scan: TransactionScan,
): number {
  let position = start + 4;
  if (position > end) throw cutOff(start, "version");
  let isSegwit = false;
  // Zero inputs followed by a nonzero flag: SegWit format. Both zero: no inputs and no outputs.
  if (allowWitness && position + 1 < end && bytes[position] === 0 && bytes[position + 1] !== 0) {
    if (bytes[position + 1] !== 1)
      throw new TxParseError("unknown_flag", position + 1, `SegWit flag ${bytes[position + 1]} is unknown`);
    isSegwit = true;
    position += 2;
  }
  scan.inputsOffset = position - start;

  const inputCount = readCount(bytes, position, end, minInputBytes, "inputs");
  position += compactSizeWidth(bytes[position]!);
  let hasCoinbaseInput = false;
  for (let index = 0; index < inputCount; index++) {
    const scriptPrefix = position + 36;
    if (scriptPrefix >= end) throw cutOff(position, "input");
    if (readUint32(bytes, position + 32) === 0xffffffff && isAllZero(bytes, position, position + 32))
      hasCoinbaseInput = true;
    let length = bytes[scriptPrefix]!;
    position = scriptPrefix + 1;
    if (length >= 0xfd) {
      position = scriptPrefix + compactSizeWidth(length);
      length = readLongCompactSize(bytes, scriptPrefix, end);
    }
    if (length > end - position) throw tooLong(scriptPrefix, "input script", length, end - position);
    position += length + 4;
    if (position > end) throw cutOff(position - 4, "sequence");
  }

  scan.outputsOffset = position - start;
  const outputCount = readCount(bytes, position, end, minOutputBytes, "outputs");
  position += compactSizeWidth(bytes[position]!);
  let hasOpReturn = false;
  scan.firstValueSats = 0;
  scan.secondValueSats = 0;
  for (let index = 0; index < outputCount; index++) {
    const scriptPrefix = position + 8;
    if (scriptPrefix >= end) throw cutOff(position, "output");
    const highWord = readUint32(bytes, position + 4);
    if (highWord > 0x1fffff) throw new TxParseError("value_out_of_range", position, "output value is above 2^53 - 1");
    if (index < 2) {
      const valueSats = highWord * 0x100000000 + readUint32(bytes, position);
      if (index === 0) scan.firstValueSats = valueSats;
      else scan.secondValueSats = valueSats;
    }
    let length = bytes[scriptPrefix]!;
    position = scriptPrefix + 1;
    if (length >= 0xfd) {
      position = scriptPrefix + compactSizeWidth(length);
      length = readLongCompactSize(bytes, scriptPrefix, end);
    }
    if (length > end - position) throw tooLong(scriptPrefix, "output script", length, end - position);
    if (length > 0 && bytes[position] === opReturn) hasOpReturn = true;
    position += length;
  }
  scan.outputsEnd = position - start;

  let hasLargeWitness = false;
  if (isSegwit) {
    let hasWitness = false;
    for (let index = 0; index < inputCount; index++) {
      const itemCount = readCount(bytes, position, end, 1, "witness items");
      position += compactSizeWidth(bytes[position]!);
      let inputWitnessBytes = 0;
      for (let item = 0; item < itemCount; item++) {
        if (position >= end) throw cutOff(position, "witness item");
        const prefix = position;
        let length = bytes[prefix]!;
        position += 1;
        if (length >= 0xfd) {
          position = prefix + compactSizeWidth(length);
          length = readLongCompactSize(bytes, prefix, end);
        }
        if (length > end - position) throw tooLong(prefix, "witness item", length, end - position);
        inputWitnessBytes += length;
        position += length;
      }
      if (itemCount > 0) hasWitness = true;
      if (inputWitnessBytes > maxPaymentWitnessBytes) hasLargeWitness = true;
    }
    if (!hasWitness)
      throw new TxParseError("superfluous_witness", start + 4, "SegWit format, but no input has a witness");
  }
  if (position + 4 > end) throw cutOff(position, "lock time");

  scan.offset = start;
  scan.size = position + 4 - start;
  scan.isSegwit = isSegwit;
  scan.inputCount = inputCount;
  scan.outputCount = outputCount;
  scan.hasCoinbaseInput = hasCoinbaseInput;
  scan.hasOpReturn = hasOpReturn;
  scan.hasLargeWitness = hasLargeWitness;
  return position + 4;
}

/**
 * Reads a count prefix. Rejects a count whose items, of at least `minBytes` each, exceed the input.
 */
export function readCount(bytes: Uint8Array, position: number, end: number, minBytes: number, what: string): number {
  if (position >= end) throw cutOff(position, `number of ${what}`);
  const first = bytes[position]!;
  const count = first < 0xfd ? first : readLongCompactSize(bytes, position, end);
  const left = end - position - compactSizeWidth(first);
  if (count * minBytes > left)
    throw new TxParseError("length_exceeds_input", position, `${count} ${what} do not fit into the ${left} bytes left`);
  return count;
}

function isAllZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let position = from; position < to; position++) if (bytes[position] !== 0) return false;
  return true;
}

function cutOff(offset: number, what: string): TxParseError {
  return new TxParseError("unexpected_end", offset, `${what} is cut off`);
}

function tooLong(offset: number, what: string, length: number, left: number): TxParseError {
  return new TxParseError("length_exceeds_input", offset, `${what} of ${length} bytes, with ${left} bytes left`);
}
