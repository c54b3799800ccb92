const BYTES_PER_ID = 32;

/** A list of transaction ids in 32 bytes each; a string takes 80. */
export class PackedTxids {
  readonly #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @param txids 64 hex digits each. */
  static of(txids: readonly string[]): PackedTxids {
    const bytes = Buffer.alloc(BYTES_PER_ID * txids.length);
    for (const [index, txid] of txids.entries()) bytes.write(txid, BYTES_PER_ID * index, BYTES_PER_ID, "hex");
    return new PackedTxids(bytes);
  }

  get length(): number {
    return this.#bytes.length / BYTES_PER_ID;
  }

  /** The id at an index of the list. */
  at(index: number): string {
    return this.#bytes.toString("hex", BYTES_PER_ID * index, BYTES_PER_ID * (index + 1));
  }
}
