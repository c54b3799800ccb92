import { displayHex } from "./double-sha256.ts";

/** A simulated transaction with the data that a node has about it. */
export class SimulatedTransaction {
  /** Serialized, witness included. */
  readonly rawBytes: Buffer;
  /** In display order. */
  readonly txid: string;
  /** The txid and then the wtxid, 32 bytes each, in internal byte order. */
  readonly ids: Buffer;
  readonly weight: number;
  /** Weight divided by 4, rounded up. */
  readonly vsize: number;
  readonly feeSats: number;
  /** Satoshis per virtual byte. */
  readonly feeRate: number;
  /** Offset of the last output's amount in `rawBytes`. */
  readonly lastAmountOffset: number;
  /** Simulated transactions that it spends. */
  readonly parents: readonly SimulatedTransaction[];
  /** Length of its longest chain of simulated ancestors. */
  readonly depth: number;
  /** Transactions that spend it; null if none. */
  children: SimulatedTransaction[] | null = null;
  /** Whether its last output can still be spent. */
  spendable: boolean;

  constructor(made: {
    rawBytes: Buffer;
    ids: Buffer;
    weight: number;
    feeSats: number;
    lastAmountOffset: number;
    parents: readonly SimulatedTransaction[];
    spendable: boolean;
  }) {
    this.rawBytes = made.rawBytes;
    this.ids = made.ids;
    this.txid = displayHex(this.txidBytes);
    this.weight = made.weight;
    this.vsize = Math.ceil(made.weight / 4);
    this.feeSats = made.feeSats;
    this.feeRate = made.feeSats / this.vsize;
    this.lastAmountOffset = made.lastAmountOffset;
    this.parents = made.parents;
    this.depth = made.parents.reduce((deepest, parent) => Math.max(deepest, parent.depth + 1), 0);
    this.spendable = made.spendable;
    for (const parent of made.parents) {
      if (parent.children === null) parent.children = [this];
      else parent.children.push(this);
    }
  }

  get txidBytes(): Buffer {
    return this.ids.subarray(0, 32);
  }

  get wtxidBytes(): Buffer {
    return this.ids.subarray(32, 64);
  }

  get wtxid(): string {
    return displayHex(this.wtxidBytes);
  }

  /** Amount of its last output, satoshis. */
  get lastAmountSats(): number {
    const at = this.lastAmountOffset;
    return this.rawBytes.readUInt32LE(at) + this.rawBytes.readUInt32LE(at + 4) * 4294967296;
  }
}
