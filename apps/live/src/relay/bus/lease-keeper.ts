import { BUS_TERM_MAX, type BusLease } from "@utxoracle/models";
import { BusError } from "./bus-error.ts";

/** The lease as it stands in the bucket. */
export interface StoredLease {
  /** Null: it was deleted, or the value is not a lease. */
  readonly lease: BusLease | null;
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
  "analyzer" | "epoch" | "source" | "chain" | "fit" | "confirmed_number" | "history_number"
>;

export interface LeaseKeeperOptions {
  readonly store: LeaseStore;
  /** What it says of this analyzer now. */
  readonly holder: () => LeaseHolder;
  /** How long the lease holds without being renewed, ms. */
  readonly ttlMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds of Unix time. */
  readonly unixMs: () => number;
}

/** Where an analyzer stands. `excluded`: the lease is another market's, see {@link LeaseKeeper}. */
export type LeaseRole = "leader" | "standby" | "excluded";

interface HeldLease {
  readonly lease: BusLease;
  readonly revision: number;
  readonly renewedAtMs: number;
}

/** A node takes the lease of a node of another chain when it was not renewed for this time, ms. */
const OTHER_CHAIN_MS = 600_000;

/** A look at the lease is missing when no other one follows within this part of the time to live: waiting begins anew. */
const LOOK_AGAIN_PART = 0.5;

/**
 * Decides which of several analyzers may publish. The leader writes the lease anew again and again; a standby that has
 * seen the same revision for the whole time to live takes it. Only the revision seen last can be replaced, so that of two
 * who try one gets it. No two clocks are compared: each measures with its own.
 *
 * Every taking has a `term` of its own, and the edges take only what has the term of the lease. So a leader that was stopped
 * in the middle of a step, and continues when another one leads, is ignored. Terms ascend: a term is at least the Unix time in
 * milliseconds, so that a bucket that was lost does not repeat them.
 *
 * What stands under the key may be anyone's: a value that is not a lease is replaced at once.
 *
 * A simulation or a replay never takes the lease from a node, nor a node of one chain from one of another that was renewed
 * within the last ten minutes.
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

  /** Whether the lease that was seen last is this run's own. */
  get isOwn(): boolean {
    return this.#leader?.epoch === this.#options.holder().epoch;
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

  /** @returns whether the lease is still this analyzer's. */
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
    if (stored !== null && isHeldBy(stored, lease)) {
      this.#held = { ...held, revision: stored.revision };
      return true;
    }
    this.#held = null;
    return false;
  }

  /** Whether the lease in the bucket is the one that this analyzer holds. @throws {Error} when NATS does not answer. */
  async confirm(): Promise<boolean> {
    const held = this.#held;
    const stored = await this.#options.store.read();
    return held !== null && stored !== null && isHeldBy(stored, held.lease);
  }

  async #stand(): Promise<void> {
    const { store, holder } = this.#options;
    const startedAtMs = this.#options.now();
    const stored = await store.read();
    const candidate = holder();
    this.#leader = stored?.lease ?? null;
    const term = this.#nextTerm();
    const isFree = stored === null || this.#isFree(stored, candidate);
    this.#excluded = !isFree && stored.lease !== null && isOtherMarket(stored.lease, candidate);
    if (!isFree) return;
    const lease: BusLease = { ...candidate, term, ttl_ms: this.#options.ttlMs, released: false };
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

  #nextTerm(): number {
    const unixMs = this.#options.unixMs();
    const above = Math.max(this.#highestTerm, this.#leader?.term ?? 0) + 1;
    // A term near the end was not reached by counting.
    return above > BUS_TERM_MAX ? unixMs : Math.max(above, unixMs);
  }

  /** Whether the lease may be taken: given back, not renewed in time, or held by one that does not hear its node. */
  #isFree({ lease, revision }: StoredLease, candidate: LeaseHolder): boolean {
    // Its own one was written by an attempt whose answer was lost.
    if (lease === null || lease.epoch === candidate.epoch) return true;
    const nowMs = this.#options.now();
    const ttlMs = Math.max(lease.ttl_ms, this.#options.ttlMs);
    const before = this.#watched;
    const unbroken =
      before !== null && before.revision === revision && nowMs - before.lookedAtMs <= ttlMs * LOOK_AGAIN_PART;
    const sinceMs = unbroken ? before.sinceMs : nowMs;
    this.#watched = { revision, sinceMs, lookedAtMs: nowMs };
    if (isOtherMarket(lease, candidate)) return candidate.source === "node" && nowMs - sinceMs >= OTHER_CHAIN_MS;
    return lease.released || (!lease.fit && candidate.fit) || nowMs - sinceMs >= ttlMs;
  }
}

function isHeldBy({ lease }: StoredLease, { epoch, term }: BusLease): boolean {
  return lease !== null && lease.epoch === epoch && lease.term === term && !lease.released;
}

/** Whether the price of one is not the other's: clients would be shown another market under the same name. */
function isOtherMarket(lease: BusLease, candidate: LeaseHolder): boolean {
  if (lease.source === "node" && candidate.source !== "node") return true;
  return lease.chain !== null && candidate.chain !== null && lease.chain !== candidate.chain;
}

function isConflict(error: unknown): boolean {
  return error instanceof BusError && error.code === "revision_conflict";
}
