/**
 * Something that computes double SHA-256 of messages that lie in its memory. There are two: WebAssembly SIMD, four
 * messages at a time, and plain JavaScript where WebAssembly is not allowed or has no SIMD. Both work on the same
 * layout, so whoever feeds them does not care which one it is.
 */
export interface Sha256Engine {
  readonly name: HashEngineName;
  /** Of fixed size; what lies where in it is said below. */
  readonly memory: Uint8Array;
  /** Hashes the messages named by the first `count` jobs, changing none of them, and leaves their digests in the memory. */
  run(count: number): void;
  /** The digest of a job of the last run as ids are written: backwards in hex. */
  readId(job: number): string;
}

/** `wasm-simd`: four lanes in WebAssembly. `javascript`: the fallback, several times slower. */
export type HashEngineName = "wasm-simd" | "javascript";

// Where things lie in an engine's memory, in bytes. Single constants, because those are inlined by minifiers.

/** Jobs that fit into one run. */
export const jobsPerRun = 512;

/** Per job two little-endian 32-bit numbers: where the message begins and how long it is. Messages may overlap. */
export const jobsAddress = 4096;
/** Bytes of a job. */
export const jobBytes = 8;
/** Per job the 32 bytes of the double hash. */
export const digestsAddress = 8192;
/** Messages lie from here on. */
export const messagesAddress = 59392;

/** How far an engine may read past the end of a message. */
export const overreadBytes = 64;

/** Bytes of memory of an engine: one message of 1 MB fits, the most that a valid transaction has without witness. */
export const engineMemoryBytes = 17 * 65536;
