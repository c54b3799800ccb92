import { type BusBucket, BusError } from "./bus-bucket.ts";
import type { BusKey } from "./bus-names.ts";
import { packJson, unpackJson } from "./packed-json.ts";

export interface StateWriterOptions {
  readonly bucket: BusBucket;
  readonly key: BusKey;
  /** The term that may be written under now; null: none. */
  readonly term: () => number | null;
  readonly onWritten: (state: WrittenState, packedBytes: number) => void;
  readonly onProblem: (error: unknown) => void;
}

/** What every state has. */
export interface WrittenState {
  readonly term: number;
  readonly number?: number;
}

/**
 * Writes one key of the bucket, one write at a time; what is offered meanwhile replaces what waits. So a slow bus never
 * makes anything pile up. A state of a higher term is never overwritten.
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
    const replaces = this.#known?.term === state.term ? this.#known.revision : await this.#lookUp(state.term);
    let revision: number;
    try {
      revision = await bucket.write(key, packed, replaces);
    } catch (error) {
      if (!(error instanceof BusError && error.code === "revision_conflict")) throw error;
      // A newer leader's, or an own write whose answer was lost.
      revision = await bucket.write(key, packed, await this.#lookUp(state.term));
    }
    this.#known = { term: state.term, revision };
    onWritten(state, packed.byteLength);
  }

  /** The key's revision. @throws {BusError} `revision_conflict` when its state is of a higher term. */
  async #lookUp(term: number): Promise<number> {
    const entry = await this.#options.bucket.read(this.#options.key);
    if (entry === null) return 0;
    const theirs = termOf(await unpackJson(entry.value));
    if (theirs > term) throw new BusError("revision_conflict", `${this.#options.key}: another analyser leads`);
    return entry.revision;
  }
}

function termOf(state: unknown): number {
  const term = typeof state === "object" && state !== null && "term" in state ? state.term : undefined;
  // What is no state of ours may be overwritten.
  return typeof term === "number" ? term : 0;
}
