import type { TransactionScan } from "./transaction-scan.ts";

/**
 * Where the parts of a scanned transaction are. A transaction keeps this instead of its scan, which
 * can then be used for the next one.
 */
export class TransactionLayout {
  declare readonly offset: number;
  declare readonly size: number;
  declare readonly inputsOffset: number;
  declare readonly outputsOffset: number;
  declare readonly outputsEnd: number;
  declare readonly isSegwit: boolean;
  declare readonly inputCount: number;
  declare readonly outputCount: number;

  constructor(scan: TransactionScan) {
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
