import { compactSizeWidth, readLongCompactSize, readUint32 } from "./compact-size.ts";
import { bytesToHex, idToHex } from "./hex.ts";
import { noBytes, viewOf } from "./input.ts";
import { type ScriptType, scriptTypeOf } from "./script-type.ts";
import type { TransactionScan } from "./transaction-scan.ts";

/** An input of a transaction. */
export interface TransactionInput {
  /** Id of the transaction whose output is spent, 64 hex digits. */
  txid: string;
  /** Index of that output, 0…2^32-1; 0xffffffff with an all-zero txid in a coinbase. */
  vout: number;
  /** A view into the parsed bytes, not a copy. */
  scriptSig: Uint8Array;
  /** 0…2^32-1 */
  sequence: number;
  /** Witness items, first to last; empty if there is no witness. Views, not copies. */
  witness: Uint8Array[];
}

/** An output of a transaction. */
export interface TransactionOutput {
  /** Satoshis, a safe integer. */
  valueSats: number;
  /** scriptPubKey: a view into the parsed bytes, not a copy. */
  script: Uint8Array;
  /** Kind of the script. */
  scriptType: ScriptType;
}

/** An input whose bytes are in hex in JSON. */
class ParsedInput implements TransactionInput {
  declare txid: string;
  declare vout: number;
  declare scriptSig: Uint8Array;
  declare sequence: number;
  declare witness: Uint8Array[];

  constructor(txid: string, vout: number, scriptSig: Uint8Array, sequence: number) {
    this.txid = txid;
    this.vout = vout;
    this.scriptSig = scriptSig;
    this.sequence = sequence;
    this.witness = [];
  }

  toJSON(): object {
    return { ...this, scriptSig: bytesToHex(this.scriptSig), witness: this.witness.map(bytesToHex) };
  }
}

/** An output whose script is in hex in JSON. */
class ParsedOutput implements TransactionOutput {
  declare valueSats: number;
  declare script: Uint8Array;
  declare scriptType: ScriptType;

  constructor(valueSats: number, script: Uint8Array) {
    this.valueSats = valueSats;
    this.script = script;
    this.scriptType = scriptTypeOf(script);
  }

  toJSON(): object {
    return { ...this, script: bytesToHex(this.script) };
  }
}

/**
 * Where the parts of a scanned transaction are, and those parts that were accessed. A transaction
 * keeps this instead of its scan, which can then be used for the next one. One private field that
 * holds all of it is created faster than one for each.
 */
export class TransactionLayout {
  declare readonly bytes: Uint8Array;
  declare wtxid: string | undefined;
  declare inputs: TransactionInput[] | undefined;
  declare outputs: TransactionOutput[] | undefined;
  declare readonly offset: number;
  declare readonly size: number;
  declare readonly inputsOffset: number;
  declare readonly outputsOffset: number;
  declare readonly outputsEnd: number;
  declare readonly isSegwit: boolean;
  declare readonly inputCount: number;
  declare readonly outputCount: number;

  constructor(bytes: Uint8Array, scan: TransactionScan) {
    this.bytes = bytes;
    this.wtxid = undefined;
    this.inputs = undefined;
    this.outputs = undefined;
    this.offset = scan.offset;
    this.size = scan.size;
    this.inputsOffset = scan.inputsOffset;
    this.outputsOffset = scan.outputsOffset;
    this.outputsEnd = scan.outputsEnd;
    this.isSegwit = scan.isSegwit;
    this.inputCount = scan.inputCount;
    this.outputCount = scan.outputCount;
  }
}

/** Reads parts of a transaction that was scanned: all lengths are known to be valid. */
class PartReader {
  declare readonly bytes: Uint8Array;
  declare position: number;

  /** @param relative start position, relative to the start of the transaction */
  constructor(layout: TransactionLayout, relative: number) {
    this.bytes = layout.bytes;
    this.position = layout.offset + relative;
  }

  /** A count or length prefix. */
  length(): number {
    const { bytes, position } = this;
    const first = bytes[position]!;
    this.position = position + compactSizeWidth(first);
    return first < 0xfd ? first : readLongCompactSize(bytes, position, bytes.length);
  }

  uint32(): number {
    this.position += 4;
    return readUint32(this.bytes, this.position - 4);
  }

  id(): string {
    this.position += 32;
    return idToHex(this.bytes, this.position - 32);
  }

  /** Bytes after their length prefix, as a view. */
  view(): Uint8Array {
    const length = this.length();
    this.position += length;
    return viewOf(this.bytes, this.position - length, length);
  }
}

/** The inputs of a scanned transaction. */
export function readInputs(layout: TransactionLayout): TransactionInput[] {
  const reader = new PartReader(layout, layout.inputsOffset);
  const inputs: TransactionInput[] = [];
  reader.length();
  for (let left = layout.inputCount; left > 0; left--) {
    const txid = reader.id();
    const vout = reader.uint32();
    const scriptSig = reader.view();
    inputs.push(new ParsedInput(txid, vout, scriptSig, reader.uint32()));
  }
  if (layout.isSegwit) {
    reader.position = layout.offset + layout.outputsEnd;
    for (const { witness } of inputs) for (let left = reader.length(); left > 0; left--) witness.push(reader.view());
  }
  return inputs;
}

/** The outputs of a scanned transaction. Most callers read outputs only, so this is inlined. */
export function readOutputs({ bytes, offset, outputsOffset, outputCount }: TransactionLayout): TransactionOutput[] {
  const { buffer, byteOffset } = bytes;
  // Of the final length: a growing array takes space for seventeen.
  const outputs = new Array<TransactionOutput>(outputCount);
  let position = offset + outputsOffset;
  position += compactSizeWidth(bytes[position]!);
  for (let index = 0; index < outputCount; index++) {
    const valueSats = readUint32(bytes, position + 4) * 0x100000000 + readUint32(bytes, position);
    const prefix = position + 8;
    let length = bytes[prefix]!;
    position = prefix + 1;
    if (length >= 0xfd) {
      position = prefix + compactSizeWidth(length);
      length = readLongCompactSize(bytes, prefix, bytes.length);
    }
    const script = length === 0 ? noBytes : new Uint8Array(buffer, byteOffset + position, length);
    outputs[index] = new ParsedOutput(valueSats, script);
    position += length;
  }
  return outputs;
}
