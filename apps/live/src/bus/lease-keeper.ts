import type { BusLease } from "@utxoracle/models";
import { BusError } from "./bus-bucket.ts";

/** The lease as it stands on the bus. */
export interface StoredLease {
  readonly lease: BusLease;
  readonly revision: number;
}

/** Where the lease is kept. */
export interface LeaseStore {
  read(): Promise<StoredLease | null>;
  /** @throws {BusError} `revision_conflict` when the lease has another revision than `replaces` (0: none). */
  write(lease: BusLease, replaces: number): Promise<number>;
}

/** What the lease says of its holder. */
export type LeaseHolder = Pick<
  BusLease,
  "analyser" | "epoch" | "source" | "chain" | "fit" | "confirmed_number" | "history_number"
>;

export interface LeaseKeeperOptions {
  readonly store: LeaseStore;
  /** What it says of this analyser now. */
  readonly holder: () => LeaseHolder;
  /** How long the lease holds without being renewed, ms. */
  readonly ttlMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds of Unix time. */
  readonly unixMs: () => number;
}

/** Where an analyser stands. `excluded`: the lease is another market's, see {@link LeaseKeeper}. */
export type LeaseRole = "leader" | "standby" | "excluded";

interface HeldLease extends StoredLease {
  readonly renewedAtMs: number;
}

/** A look at the lease is missing when no other one follows within this part of the time to live: waiting begins anew. */
const LOOK_AGAIN_PART = 0.5;

/**
 * Decides which of several analysers may publish. The leader writes the lease anew again and again; a standby that has
 * seen the same revision for the whole time to live takes it. Only the revision seen last can be replaced, so that of two
 * who try one gets it. No two clocks are compared: each measures with its own.
 *
 * Every taking has a higher `term` than all before, and the edges take nothing of a lower term than they have seen. So a
 * leader that was stopped in the middle of a step, and wakes when another one leads, is heard by nobody. A bucket that was
 * lost must not begin from low terms again, hence a term is at least the Unix time in milliseconds.
 *
 * A simulation or a replay never takes the lease from a node, nor a node of one chain from one of another.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  #held: HeldLease | null = null;
  /** The revision that another one keeps, and since when without a break it is known to stand. */
  #watched: { revision: number; sinceMs: number; lookedAtMs: number } | null = null;
  #highestTerm = 0;
  #leader: BusLease | null = null;
  #excluded = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** The term that may be published under now; null while another one leads, or the lease could not be renewed in time. */
  get term(): number | null {
    const { now, ttlMs } = this.#options;
    return this.#held !== null && now() - this.#held.renewedAtMs < ttlMs ? this.#held.lease.term : null;
  }

  get role(): LeaseRole {
    if (this.term !== null) return "leader";
    return this.#excluded ? "excluded" : "standby";
  }

  /** The lease as seen last; null before the first look. */
  get leader(): BusLease | null {
    return this.#leader;
  }

  /**
   * Renews the lease, or looks whether it can be taken. To be called several times within the time to live, the next call
   * after the one before has ended.
   * @throws {Error} when the bus does not answer; the next call goes on.
   */
  async step(): Promise<void> {
    if (this.#held !== null && (await this.#renew())) return;
    await this.#stand();
  }

  /** Gives the lease back, so that another one need not wait. @throws {Error} when the bus does not answer. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    if (held !== null) await this.#options.store.write({ ...held.lease, released: true }, held.revision);
  }

  /** @returns whether the lease is still this analyser's. */
  async #renew(): Promise<boolean> {
    const { store, holder } = this.#options;
    const held = this.#held as HeldLease;
    // It holds from the begin of the attempt: the answer may take its time.
    const startedAtMs = this.#options.now();
    const lease = { ...held.lease, ...holder() };
    try {
      const revision = await store.write(lease, held.revision);
      this.#hold(lease, revision, startedAtMs);
      return true;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    // An attempt whose answer was lost may have written it.
    const stored = await store.read();
    if (stored?.lease.epoch === lease.epoch && stored.lease.term === lease.term && !stored.lease.released) {
      this.#held = { ...held, revision: stored.revision };
      return true;
    }
    this.#held = null;
    return false;
  }

  async #stand(): Promise<void> {
    const { store, holder } = this.#options;
    const startedAtMs = this.#options.now();
    const stored = await store.read();
    const candidate = holder();
    this.#leader = stored?.lease ?? null;
    this.#excluded = stored !== null && isOtherMarket(stored.lease, candidate);
    this.#highestTerm = Math.max(this.#highestTerm, stored?.lease.term ?? 0);
    if (this.#excluded || (stored !== null && !this.#isFree(stored, candidate))) return;
    const lease: BusLease = {
      ...candidate,
      term: Math.max(this.#highestTerm + 1, this.#options.unixMs()),
      ttl_ms: this.#options.ttlMs,
      released: false,
    };
    try {
      const revision = await store.write(lease, stored?.revision ?? 0);
      this.#hold(lease, revision, startedAtMs);
    } catch (error) {
      // Another one was quicker.
      if (!isConflict(error)) throw error;
    }
  }

  #hold(lease: BusLease, revision: number, renewedAtMs: number): void {
    this.#held = { lease, revision, renewedAtMs };
    this.#watched = null;
    this.#leader = lease;
    this.#highestTerm = Math.max(this.#highestTerm, lease.term);
  }

  /** Whether the lease may be taken: given back, unrenewed for its time, or held by one that does not hear its node. */
  #isFree({ lease, revision }: StoredLease, candidate: LeaseHolder): boolean {
    const nowMs = this.#options.now();
    const before = this.#watched;
    const unbroken =
      before !== null && before.revision === revision && nowMs - before.lookedAtMs <= lease.ttl_ms * LOOK_AGAIN_PART;
    const sinceMs = unbroken ? before.sinceMs : nowMs;
    this.#watched = { revision, sinceMs, lookedAtMs: nowMs };
    return lease.released || (!lease.fit && candidate.fit) || nowMs - sinceMs >= lease.ttl_ms;
  }
}

/** Whether the price of one is not the other's: readers would be shown another market under the same name. */
function isOtherMarket(lease: BusLease, candidate: LeaseHolder): boolean {
  if (lease.source === "node" && candidate.source !== "node") return true;
  return lease.chain !== null && candidate.chain !== null && lease.chain !== candidate.chain;
}

function isConflict(error: unknown): boolean {
  return error instanceof BusError && error.code === "revision_conflict";
}
