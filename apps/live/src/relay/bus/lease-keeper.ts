import { BUS_TERM_MAX, type BusLease } from "@utxoracle/models";
import { BusError } from "./bus-error.ts";

/** The lease in the bucket. */
export interface StoredLease {
  /** Null if it was deleted, or the value is not a lease. */
  readonly lease: BusLease | null;
  readonly revision: number;
}

/** Storage of the lease. */
export interface LeaseStore {
  read(): Promise<StoredLease | null>;
  /**
   * @throws {BusError} `revision_conflict` if the current revision is not `replaces` (0: no lease).
   */
  write(lease: BusLease, replaces: number): Promise<number>;
}

/** Fields of the lease about its holder. */
export type LeaseHolder = Pick<
  BusLease,
  "analyzer" | "epoch" | "source" | "chain" | "fit" | "confirmed_number" | "history_number"
>;

export interface LeaseKeeperOptions {
  readonly store: LeaseStore;
  /** Current fields of this analyzer. */
  readonly holder: () => LeaseHolder;
  /** Time to live of the lease, ms. */
  readonly ttlMs: number;
  /** Monotonic clock, milliseconds. */
  readonly now: () => number;
  /** Unix time, milliseconds. */
  readonly unixMs: () => number;
}

/** `excluded`: the lease belongs to another source or chain, see {@link LeaseKeeper}. */
export type LeaseRole = "leader" | "standby" | "excluded";

interface HeldLease {
  readonly lease: BusLease;
  readonly revision: number;
  readonly renewedAtMs: number;
}

/** A node may take the lease of a node on another chain after this time without renewal, ms. */
const OTHER_CHAIN_MS = 600_000;

/**
 * Maximum time between two reads of the lease, as a share of its time to live. After a longer one
 * the wait starts again.
 */
const MAX_READ_GAP_RATIO = 0.5;

/**
 * Decides which of several analyzers may publish.
 *
 * - The leader renews the lease periodically. A standby acquires it after seeing the same revision
 *   for the whole time to live. A write must name the current revision, so only one standby
 *   succeeds. Each process measures time with its own clock; clocks are never compared.
 * - Each acquisition has a new `term`, and edges accept only messages with the term of the lease.
 *   So they ignore an old leader that was suspended and continues. Terms ascend, and are at least
 *   the Unix time in milliseconds, so that they do not repeat after the bucket is lost.
 * - A value that is not a lease is replaced at once.
 * - A simulation or replay never takes the lease of a node. A node takes the lease of a node on
 *   another chain only after ten minutes without renewal.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  #held: HeldLease | null = null;
  /** Last revision of another holder, and since when it has been seen without a gap. */
  #watched: { revision: number; sinceMs: number; readAtMs: number } | null = null;
  #highestTerm = 0;
  #leader: BusLease | null = null;
  #excluded = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /**
   * The term to publish with; null while another analyzer leads, or the lease was not renewed in
   * time.
   */
  get term(): number | null {
    const { now, ttlMs } = this.#options;
    return this.#held !== null && now() - this.#held.renewedAtMs < ttlMs ? this.#held.lease.term : null;
  }

  /** Whether the lease read last belongs to this run. */
  get isOwn(): boolean {
    return this.#leader?.epoch === this.#options.holder().epoch;
  }

  get role(): LeaseRole {
    if (this.term !== null) return "leader";
    return this.#excluded ? "excluded" : "standby";
  }

  /** The lease read last; null before the first read. */
  get leader(): BusLease | null {
    return this.#leader;
  }

  /**
   * Renews the lease, or acquires it if it is free. Call it several times within the time to live,
   * and never concurrently.
   * @throws {Error} if NATS does not respond; the next call retries.
   */
  async step(): Promise<void> {
    if (this.#held !== null && (await this.#renew())) return;
    await this.#tryAcquire();
  }

  /**
   * Releases the lease, so that a standby need not wait.
   * @throws {Error} if NATS does not respond.
   */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    if (held !== null) await this.#options.store.write({ ...held.lease, released: true }, held.revision);
  }

  /** @returns whether this analyzer still holds the lease. */
  async #renew(): Promise<boolean> {
    const { store, holder } = this.#options;
    const held = this.#held as HeldLease;
    // The time to live starts before the request: the response may be late.
    const startedAtMs = this.#options.now();
    const lease = { ...held.lease, ...holder() };
    try {
      const revision = await store.write(lease, held.revision);
      this.#hold(lease, revision, startedAtMs);
      return true;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    // An earlier attempt may have written it although its response was lost.
    const stored = await store.read();
    if (stored !== null && isHeldBy(stored, lease)) {
      this.#held = { ...held, revision: stored.revision };
      return true;
    }
    this.#held = null;
    return false;
  }

  /**
   * Reads the lease and checks that this analyzer holds it.
   * @throws {Error} if NATS does not respond.
   */
  async confirm(): Promise<boolean> {
    const held = this.#held;
    const stored = await this.#options.store.read();
    return held !== null && stored !== null && isHeldBy(stored, held.lease);
  }

  async #tryAcquire(): Promise<void> {
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
      // Another analyzer acquired it first.
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
    // A term near the maximum is forged: counting cannot reach it.
    return above > BUS_TERM_MAX ? unixMs : Math.max(above, unixMs);
  }

  /** Whether the lease may be acquired: released, expired, or its holder has lost its node. */
  #isFree({ lease, revision }: StoredLease, candidate: LeaseHolder): boolean {
    // An own lease is from a write whose response was lost.
    if (lease === null || lease.epoch === candidate.epoch) return true;
    const nowMs = this.#options.now();
    const ttlMs = Math.max(lease.ttl_ms, this.#options.ttlMs);
    const before = this.#watched;
    const unbroken =
      before !== null && before.revision === revision && nowMs - before.readAtMs <= ttlMs * MAX_READ_GAP_RATIO;
    const sinceMs = unbroken ? before.sinceMs : nowMs;
    this.#watched = { revision, sinceMs, readAtMs: nowMs };
    if (isOtherMarket(lease, candidate)) return candidate.source === "node" && nowMs - sinceMs >= OTHER_CHAIN_MS;
    return lease.released || (!lease.fit && candidate.fit) || nowMs - sinceMs >= ttlMs;
  }
}

function isHeldBy({ lease }: StoredLease, { epoch, term }: BusLease): boolean {
  return lease !== null && lease.epoch === epoch && lease.term === term && !lease.released;
}

/** Whether source or chain differ, so that clients would see the price of another market. */
function isOtherMarket(lease: BusLease, candidate: LeaseHolder): boolean {
  if (lease.source === "node" && candidate.source !== "node") return true;
  return lease.chain !== null && candidate.chain !== null && lease.chain !== candidate.chain;
}

function isConflict(error: unknown): boolean {
  return error instanceof BusError && error.code === "revision_conflict";
}
