const ARENA_CHUNK_BYTES = 256 * 1024;

/**
 * Stores many small byte strings in a few large buffers, which is cheaper to allocate and collect.
 */
export class ByteArena {
  #chunk = Buffer.alloc(0);
  #used = 0;

  /** Returns a copy of `source`. */
  keep(source: Uint8Array): Buffer {
    if (source.length > ARENA_CHUNK_BYTES / 8) return Buffer.from(source);
    if (this.#used + source.length > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(ARENA_CHUNK_BYTES);
      this.#used = 0;
    }
    const kept = this.#chunk.subarray(this.#used, this.#used + source.length);
    kept.set(source);
    this.#used += source.length;
    return kept;
  }
}
