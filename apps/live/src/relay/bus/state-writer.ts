import type { BusBucket } from "./bus-bucket.ts";
import { BusError } from "./bus-error.ts";
import type { BusKey } from "./bus-names.ts";
import { packJson } from "./packed-json.ts";

export interface StateWriterOptions {
  readonly bucket: BusBucket;
  readonly key: BusKey;
  /** The term that may be written under now; null: none. */
  readonly term: () => number | null;
  /** Whether the lease in the bucket is this analyzer's. */
  readonly confirmLease: () => Promise<boolean>;
  readonly onWritten: (state: WrittenState, packedBytes: number) => void;
  readonly onProblem: (error: unknown) => void;
}

/** What every state has. */
export interface WrittenState {
  readonly term: number;
  readonly number?: number;
}

/**
 * Writes one key of the bucket, one write at a time; what is offered meanwhile replaces what waits. So a slow server never
 * makes anything pile up. A value that this analyzer did not write is replaced only after the lease in the bucket was seen to
 * be its own; whatever the value says of itself does not count.
 */
export class StateWriter {
  readonly #options: StateWriterOptions;
  #next: ((term: number) => WrittenState) | null = null;
  #busy = false;
  #known: { readonly term: number; readonly revision: number } | null = null;

  constructor(options: StateWriterOptions) {
    this.#options = options;
  }

  /** @param state makes the state when its turn comes. */
  offer(state: (term: number) => WrittenState): void {
    this.#next = state;
    if (!this.#busy) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#busy = true;
    try {
      for (let state = this.#take(); state !== null; state = this.#take()) await this.#write(state);
    } catch (error) {
      // Whether the write arrived is not known.
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
      // A newer leader's, or an own write whose answer was lost.
      revision = await bucket.write(key, packed, await this.#lookUp());
    }
    this.#known = { term: state.term, revision };
    onWritten(state, packed.byteLength);
  }

  /**
   * Looks whether the value written last still stands.
   * @returns false when the key has another revision: someone else wrote or deleted it.
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
   * The key's revision. It is read before the lease: a leader that follows writes a later one, and the write fails.
   * @throws {BusError} `revision_conflict` when another analyzer leads.
   */
  async #lookUp(): Promise<number> {
    const { bucket, key, confirmLease } = this.#options;
    const entry = await bucket.read(key);
    if (!(await confirmLease())) throw new BusError("revision_conflict", `${key}: another analyzer leads`);
    return entry?.revision ?? 0;
  }
}
