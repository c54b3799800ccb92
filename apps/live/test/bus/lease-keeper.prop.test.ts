import type { BusLease } from "@utxoracle/models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BusError } from "../../src/bus/bus-bucket.ts";
import { type LeaseHolder, LeaseKeeper, type LeaseStore } from "../../src/bus/lease-keeper.ts";

const TTL_MS = 2500;
const STEP_MS = 500;

/** A bucket with one key that is written by compare-and-set, as JetStream does it; it can be away, or lose answers. */
class LeaseBucket {
  revision = 0;
  lease: BusLease | null = null;
  away = false;
  losesAnswers = false;

  read(): { lease: BusLease; revision: number } | null {
    if (this.away) throw new Error("no answer");
    return this.lease === null ? null : { lease: this.lease, revision: this.revision };
  }

  write(lease: BusLease, replaces: number): number {
    if (this.away) throw new Error("no answer");
    if (replaces !== (this.lease === null ? 0 : this.revision)) throw new BusError("revision_conflict", "another one");
    this.revision += 1;
    this.lease = lease;
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

  analyser(epoch: string, holder: Partial<LeaseHolder> = {}): LeaseKeeper {
    return new LeaseKeeper({
      store: this.bucket.store(),
      holder: () => ({
        analyser: epoch,
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
  it("is one analyser's at a time, whatever stops, whatever is away; each taking has a higher term", async () => {
    const event = fc.oneof(
      { weight: 10, arbitrary: fc.constant("run" as const) },
      { weight: 2, arbitrary: fc.constantFrom("a sleeps", "b sleeps", "c sleeps") },
      { weight: 1, arbitrary: fc.constantFrom("away", "loses answers", "released", "lost") },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 120 }), async (events) => {
        const world = new World();
        const keepers = { a: world.analyser("a"), b: world.analyser("b"), c: world.analyser("c") };
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
          // A bucket that is lost takes the lease with it: then two may think so until the next renewal, of two terms.
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
        // Whatever was, one leads in the end.
        Object.assign(world.bucket, { away: false, losesAnswers: false });
        for (let steps = 0; steps < 10; steps++) {
          world.nowMs += STEP_MS;
          for (const keeper of Object.values(keepers)) await step(keeper);
        }
        expect(Object.values(keepers).filter(({ term }) => term !== null)).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it("passes to a standby within 3.5 seconds of the leader's last sign", async () => {
    const world = new World();
    const [leader, standby] = [world.analyser("a"), world.analyser("b")];
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

  it("stays with a leader that could not renew it while the bus was away, if nobody took it", async () => {
    const world = new World();
    const [leader, standby] = [world.analyser("a"), world.analyser("b")];
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
    // The standby looks first: what it could not look at does not count as waiting.
    await standby.step();
    await leader.step();
    expect([leader.term, standby.term]).toEqual([term, null]);
  });

  it("passes at once to one that hears its node, from one that does not", async () => {
    const world = new World();
    const holder = { fit: true };
    const leader = world.analyser("a", holder);
    const standby = world.analyser("b");
    await leader.step();
    await standby.step();
    expect(standby.term).toBeNull();
    holder.fit = false;
    await leader.step();
    const deaf = world.analyser("c", { fit: false });
    await deaf.step();
    expect([leader.term === null, deaf.term]).toEqual([false, null]);
    await standby.step();
    expect(standby.term).not.toBeNull();
  });

  it.each([
    ["a simulation", { source: "simulation" }],
    ["a node of another chain", { chain: "signet" }],
  ] as const)("is never taken by %s, even when it has run out", async (_, holder) => {
    const world = new World();
    const other = world.analyser("b", holder);
    await world.analyser("a").step();
    for (let steps = 0; steps < 20; steps++) {
      world.nowMs += STEP_MS;
      await other.step();
    }
    expect(other.term).toBeNull();
    expect(other.role).toBe("excluded");
  });

  it("has a term above all before even when the bucket was lost", async () => {
    const world = new World();
    const first = world.analyser("a");
    await first.step();
    const before = first.term as number;
    Object.assign(world.bucket, { lease: null, revision: 0 });
    world.nowMs += STEP_MS;
    const second = world.analyser("b");
    await second.step();
    expect(second.term as number).toBeGreaterThan(before);
  });
});
