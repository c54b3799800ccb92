import type { BusBucket } from "./bus-bucket.ts";
import { BusError } from "./bus-error.ts";
import type { BusKey } from "./bus-names.ts";
import { packJson } from "./packed-json.ts";

export interface StateWriterOptions {
  readonly bucket: BusBucket;
  readonly key: BusKey;
  /** Current term; null while this analyzer does not lead. */
  readonly term: () => number | null;
  /** Reads the lease and checks that this analyzer holds it. */
  readonly confirmLease: () => Promise<boolean>;
  readonly onWritten: (state: WrittenState, packedBytes: number) => void;
  readonly onProblem: (error: unknown) => void;
}

/** Common fields of all states. */
export interface WrittenState {
  readonly term: number;
  readonly number?: number;
}

/**
 * Writes one key of the bucket, one write at a time. A newer state replaces a waiting one, so
 * nothing queues at a slow server. Replaces a value of another writer only after reading that the
 * lease is its own; the content of that value is not trusted.
 */
export class StateWriter {
  readonly #options: StateWriterOptions;
  #next: ((term: number) => WrittenState) | null = null;
  #busy = false;
  #known: { readonly term: number; readonly revision: number } | null = null;

  constructor(options: StateWriterOptions) {
    this.#options = options;
  }

  /** @param state creates the state when it is written. */
  offer(state: (term: number) => WrittenState): void {
    this.#next = state;
    if (!this.#busy) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#busy = true;
    try {
      for (let state = this.#take(); state !== null; state = this.#take()) await this.#write(state);
    } catch (error) {
      // The write may have succeeded.
      this.#known = null;
      this.#options.onProblem(error);
    } finally {
      this.#busy = false;
    }
  }

  #take(): WrittenState | null {
    const make = this.#next;
    this.#next = null;
    const term = this.#options.term();
    return make === null || term === null ? null : make(term);
  }

  async #write(state: WrittenState): Promise<void> {
    const { bucket, key, onWritten } = this.#options;
    const packed = await packJson(state);
    const replaces = this.#known?.term === state.term ? this.#known.revision : await this.#lookUp();
    let revision: number;
    try {
      revision = await bucket.write(key, packed, replaces);
    } catch (error) {
      if (!(error instanceof BusError && error.code === "revision_conflict")) throw error;
      // Written by a newer leader, or by an own write whose response was lost.
      revision = await bucket.write(key, packed, await this.#lookUp());
    }
    this.#known = { term: state.term, revision };
    onWritten(state, packed.byteLength);
  }

  /**
   * Checks that the last written value is still in the bucket.
   * @returns false if another client wrote or deleted the key.
   */
  async isUnchanged(): Promise<boolean> {
    const known = this.#known;
    if (known === null || this.#busy) return true;
    const entry = await this.#options.bucket.read(this.#options.key);
    if (this.#known !== known || entry?.revision === known.revision) return true;
    this.#known = null;
    return false;
  }

  /**
   * Reads the revision of the key, then the lease. In this order a write by a later leader changes
   * the revision, and the own write fails.
   * @throws {BusError} `revision_conflict` if another analyzer leads.
   */
  async #lookUp(): Promise<number> {
    const { bucket, key, confirmLease } = this.#options;
    const entry = await bucket.read(key);
    if (!(await confirmLease())) throw new BusError("revision_conflict", `${key}: another analyzer leads`);
    return entry?.revision ?? 0;
  }
}
