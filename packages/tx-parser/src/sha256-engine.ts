/**
 * Computes double SHA-256 of messages in its memory. There are two engines with the same memory
 * layout: WebAssembly SIMD, which hashes four messages at a time, and plain JavaScript for runtimes
 * where WebAssembly is forbidden or has no SIMD.
 */
export interface Sha256Engine {
  readonly name: HashEngineName;
  /** Fixed size; the layout is defined below. */
  readonly memory: Uint8Array;
  /** The same memory. */
  readonly view: DataView;
  /**
   * Hashes the messages of the first `count` jobs and stores their digests. Messages stay as they
   * are.
   */
  run(count: number): void;
  /**
   * Hashes the digest of job 0 once more: the second of the two hashes, when the first was made
   * elsewhere.
   */
  rehash(): void;
  /** The digest of a job of the last run as an id: reversed, in hex. */
  readId(job: number): string;
}

/** `wasm-simd`: four lanes in WebAssembly. `javascript`: fallback, several times slower. */
export type HashEngineName = "wasm-simd" | "javascript";

// Memory layout, addresses in bytes. Separate constants, because minifiers inline them.

/** Jobs per run. */
export const jobsPerRun = 512;

/**
 * Per job two little-endian 32-bit numbers: address and length of the message. Messages may
 * overlap.
 */
export const jobsAddress = 4096;
/**
 * Flag in a job's length: the message is the padded block of 64 bytes that the first of the two
 * hashes ends in, hashed elsewhere. Only the WebAssembly engine knows it.
 */
export const hashedOnceFlag = 0x80000000;
/** Bytes per job. */
export const jobBytes = 8;
/** Per job the 32 bytes of the double hash. */
export const digestsAddress = 8192;
/** Start of the messages. */
export const messagesAddress = 59392;

/** Bytes that an engine may read past the end of a message. */
export const overreadBytes = 64;

/**
 * Memory of an engine. Fits one message of 1 MB, the limit of a valid transaction without witness.
 */
export const engineMemoryBytes = 17 * 65536;
