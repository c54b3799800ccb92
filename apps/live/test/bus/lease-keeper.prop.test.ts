import { BUS_TERM_MAX, type BusLease, checkBusLease } from "@utxoracle/models";
import { inSoak } from "@utxoracle/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BusError } from "../../src/relay/bus/bus-error.ts";
import { type LeaseHolder, LeaseKeeper, type LeaseStore } from "../../src/relay/bus/lease-keeper.ts";

const [RUNS = 100] = inSoak(300);

const TTL_MS = 2500;
const STEP_MS = 500;

/**
 * A bucket with one key and compare-and-set, like JetStream. It can be unavailable, or lose
 * responses.
 */
class LeaseBucket {
  revision = 0;
  lease: BusLease | null = null;
  away = false;
  losesAnswers = false;

  /** Whether the value is not a lease. */
  invalid = false;

  read(): { lease: BusLease | null; revision: number } | null {
    if (this.away) throw new Error("no answer");
    if (this.lease === null) return null;
    return { lease: this.invalid ? null : this.lease, revision: this.revision };
  }

  /** Overwrites the value without a revision, like a foreign client. */
  put(lease: BusLease): void {
    this.revision += 1;
    this.lease = lease;
  }

  write(lease: BusLease, replaces: number): number {
    if (this.away) throw new Error("no answer");
    if (replaces !== (this.lease === null ? 0 : this.revision)) throw new BusError("revision_conflict", "another one");
    this.revision += 1;
    this.lease = lease;
    this.invalid = false;
    if (this.losesAnswers) throw new Error("no answer");
    return this.revision;
  }

  store(): LeaseStore {
    return {
      read: async () => this.read(),
      write: async (lease, replaces) => this.write(lease, replaces),
    };
  }
}

class World {
  nowMs = 1_000_000;
  readonly bucket = new LeaseBucket();

  analyzer(epoch: string, holder: Partial<LeaseHolder> = {}): LeaseKeeper {
    return new LeaseKeeper({
      store: this.bucket.store(),
      holder: () => ({
        analyzer: epoch,
        epoch,
        source: "node",
        chain: "main",
        fit: true,
        confirmed_number: 0,
        history_number: 0,
        ...holder,
      }),
      ttlMs: TTL_MS,
      now: () => this.nowMs,
      unixMs: () => 1_700_000_000_000 + this.nowMs,
    });
  }
}

const step = (keeper: LeaseKeeper): Promise<void> => keeper.step().catch(() => undefined);

describe("the lease", () => {
  it("has one holder at a time under random outages, and ascending terms", async () => {
    const event = fc.oneof(
      { weight: 10, arbitrary: fc.constant("run" as const) },
      { weight: 2, arbitrary: fc.constantFrom("a sleeps", "b sleeps", "c sleeps") },
      { weight: 1, arbitrary: fc.constantFrom("away", "loses answers", "released", "lost") },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 120 }), async (events) => {
        const world = new World();
        const keepers = { a: world.analyzer("a"), b: world.analyzer("b"), c: world.analyzer("c") };
        const asleepUntilMs: Record<string, number> = { a: 0, b: 0, c: 0 };
        const termsOf = new Map<number, string>();
        let highest = 0;
        let trouble = 0;
        for (const happening of events) {
          world.nowMs += STEP_MS;
          if (happening.endsWith("sleeps")) asleepUntilMs[happening.charAt(0)] = world.nowMs + 4000;
          if (happening === "away") world.bucket.away = true;
          if (happening === "loses answers") world.bucket.losesAnswers = true;
          if (happening === "away" || happening === "loses answers") trouble = 4;
          if (happening === "released")
            for (const keeper of Object.values(keepers)) await keeper.release().catch(() => undefined);
          if (happening === "lost") Object.assign(world.bucket, { lease: null, revision: 0 });
          for (const [name, keeper] of Object.entries(keepers))
            if ((asleepUntilMs[name] ?? 0) <= world.nowMs) await step(keeper);
          trouble -= 1;
          if (trouble === 0) Object.assign(world.bucket, { away: false, losesAnswers: false });

          const leading = Object.entries(keepers).filter(([, { term }]) => term !== null);
          // After losing the bucket, two may consider themselves leader until the next renewal,
          // with different terms.
          const terms = leading.map(([, { term }]) => term as number);
          expect(new Set(terms).size).toBe(terms.length);
          if (happening !== "lost" && !events.includes("lost")) expect(leading.length).toBeLessThanOrEqual(1);
          for (const [name, { term }] of leading) {
            const owner = termsOf.get(term as number);
            if (owner === undefined) {
              expect(term as number).toBeGreaterThan(highest);
              highest = term as number;
              termsOf.set(term as number, name);
            } else expect(owner).toBe(name);
          }
        }
        // In the end one analyzer leads.
        Object.assign(world.bucket, { away: false, losesAnswers: false });
        for (let steps = 0; steps < 10; steps++) {
          world.nowMs += STEP_MS;
          for (const keeper of Object.values(keepers)) await step(keeper);
        }
        expect(Object.values(keepers).filter(({ term }) => term !== null)).toHaveLength(1);
      }),
      { numRuns: RUNS },
    );
  });

  it("passes to a standby within 3.5 s of the last renewal", async () => {
    const world = new World();
    const [leader, standby] = [world.analyzer("a"), world.analyzer("b")];
    await leader.step();
    await standby.step();
    const diedAtMs = world.nowMs;
    while (standby.term === null) {
      world.nowMs += STEP_MS;
      await standby.step();
    }
    expect(world.nowMs - diedAtMs).toBeLessThanOrEqual(3500);
    expect(leader.term).toBeNull();
  });

  it("stays with a leader that could not renew it during an outage", async () => {
    const world = new World();
    const [leader, standby] = [world.analyzer("a"), world.analyzer("b")];
    await leader.step();
    await standby.step();
    const { term } = leader;
    world.bucket.away = true;
    for (let steps = 0; steps < 20; steps++) {
      world.nowMs += STEP_MS;
      await step(leader);
      await step(standby);
    }
    expect(leader.term).toBeNull();
    world.bucket.away = false;
    // The standby reads first; the time of the outage does not count as waiting.
    await standby.step();
    await leader.step();
    expect([leader.term, standby.term]).toEqual([term, null]);
  });

  it("passes at once from an analyzer that lost its node to one that has its node", async () => {
    const world = new World();
    const holder = { fit: true };
    const leader = world.analyzer("a", holder);
    const standby = world.analyzer("b");
    await leader.step();
    await standby.step();
    expect(standby.term).toBeNull();
    holder.fit = false;
    await leader.step();
    const deaf = world.analyzer("c", { fit: false });
    await deaf.step();
    expect([leader.term === null, deaf.term]).toEqual([false, null]);
    await standby.step();
    expect(standby.term).not.toBeNull();
  });

  it.each([
    ["a simulation", { source: "simulation" }, 2000],
    ["a node of another chain", { chain: "signet" }, 1199],
  ] as const)("is not taken by %s, even when it has run out", async (_, holder, steps) => {
    const world = new World();
    const other = world.analyzer("b", holder);
    await world.analyzer("a").step();
    for (let step = 0; step < steps; step++) {
      world.nowMs += STEP_MS;
      await other.step();
    }
    expect(other.term).toBeNull();
    expect(other.role).toBe("excluded");
  });

  it("passes to a node on another chain after ten minutes without renewal", async () => {
    const world = new World();
    const other = world.analyzer("b", { chain: "signet" });
    await world.analyzer("a").step();
    for (let steps = 0; steps < 1202; steps++) {
      world.nowMs += STEP_MS;
      await other.step();
    }
    expect(other.role).toBe("leader");
  });

  const poisoned: Partial<BusLease>[] = [
    { term: BUS_TERM_MAX },
    { term: BUS_TERM_MAX - 1, ttl_ms: 10_000 },
    { ttl_ms: 1 },
    { epoch: "a" },
    { confirmed_number: 2 ** 52, history_number: 2 ** 52 },
    { released: true, fit: false },
  ];

  it.each(poisoned)("is recovered by the leader within 15 s of a forged write: %j", async (changes) => {
    const world = new World();
    const leader = world.analyzer("a");
    await leader.step();
    for (let round = 0; round < 3; round++) {
      world.bucket.put({ ...(world.bucket.lease as BusLease), epoch: "none", ...changes });
      let waitedMs = 0;
      do {
        world.nowMs += STEP_MS;
        waitedMs += STEP_MS;
        await leader.step();
      } while (leader.term === null || world.bucket.lease?.analyzer !== "a" || world.bucket.lease.epoch !== "a");
      expect(waitedMs).toBeLessThanOrEqual(15_000);
      expect(checkBusLease(world.bucket.lease).term).toBe(leader.term);
    }
  });

  it("is acquired at once if the value is not a lease, or was deleted", async () => {
    const world = new World();
    const leader = world.analyzer("a");
    await leader.step();
    world.bucket.put(world.bucket.lease as BusLease);
    world.bucket.invalid = true;
    world.nowMs += STEP_MS;
    await leader.step();
    expect(leader.term).not.toBeNull();
    expect(world.bucket.invalid).toBe(false);
  });

  it("is recognized by its writer when the response was lost", async () => {
    const world = new World();
    const leader = world.analyzer("a");
    world.bucket.losesAnswers = true;
    await step(leader);
    expect(leader.term).toBeNull();
    world.bucket.losesAnswers = false;
    world.nowMs += STEP_MS;
    await step(leader);
    expect(leader.role).toBe("leader");
  });

  it("has a higher term even after the bucket was lost", async () => {
    const world = new World();
    const first = world.analyzer("a");
    await first.step();
    const before = first.term as number;
    Object.assign(world.bucket, { lease: null, revision: 0 });
    world.nowMs += STEP_MS;
    const second = world.analyzer("b");
    await second.step();
    expect(second.term as number).toBeGreaterThan(before);
  });
});
