import { setTimeout as sleep } from "node:timers/promises";
import type { MempoolTick } from "@utxoracle/viz/client";
import { EVIDENCE_LIMIT_SECONDS } from "../../src/state/status.ts";
import { ageSecondsOf } from "../e2e/own-pauses.ts";
import { BusFleet, type Place } from "./bus-fleet.ts";
import { PriceWitness } from "./price-witness.ts";
import { createRandom } from "./seeded.ts";
import { StreamWitness } from "./stream-witness.ts";

/** Within this time everything says that nothing comes, seconds. */
const OK_MAX_AGE_SECONDS = 5;
/** Maximum error of an `ok` price. */
const OK_MAX_ERROR = 0.02;
/** Maximum recovery time, ms. */
const RECOVERY_MAX_MS = 60_000;
/** At the default rate there are pauses of 5 s between payments of the window. */
const TRANSACTIONS_PER_SECOND = 20;

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly clients: number;
  readonly tell: (line: string) => void;
}

export interface ChaosReport {
  readonly faults: readonly string[];
  /** Number of faults by kind. */
  readonly actions: Readonly<Record<string, number>>;
  readonly updates: number;
  readonly snapshots: number;
  readonly connections: number;
  readonly epochs: number;
  /** Requested snapshots that repeated the previous message, one line each. */
  readonly repeatsAskedFor: readonly string[];
  readonly okUpdates: number;
  readonly staleUpdates: number;
  /** Price responses, and those with status `ok`. */
  readonly answers: number;
  readonly okAnswers: number;
  /** Maximum age of an update shown as `ok`, seconds. */
  readonly oldestOkSeconds: number;
  /** Time from the last action until all clients have fresh updates of the same analyzer, ms. */
  readonly recoveryMs: number;
}

/**
 * Kills and suspends parts of a fleet at random and checks the guarantees for clients. At the end
 * it repairs everything and waits for the recovery.
 */
export async function runChaos({ seconds, seed, clients, tell }: ChaosOptions): Promise<ChaosReport> {
  const random = createRandom(seed);
  // Clients reconnect at any time, so their draws would change the actions.
  const clientRandom = createRandom(seed + 1);
  // Without new blocks: other tests follow the confirmed side.
  const fleet = await BusFleet.start({ analyzers: 2, edges: 3, seed, cuttable: true, blocks: false });
  fleet.simulator.setTransactionsPerSecond(TRANSACTIONS_PER_SECOND);
  const actions: Record<string, number> = {};
  const seen = { ok: 0, stale: 0, oldestOkSeconds: 0 };
  const judgeOk = (
    price: number | null,
    timestamp: number,
    ageSeconds: number,
    maxAgeSeconds: number,
  ): string | null => {
    seen.oldestOkSeconds = Math.max(seen.oldestOkSeconds, ageSeconds);
    if (ageSeconds > maxAgeSeconds) return `ok ${ageSeconds.toFixed(1)} s after its time`;
    if (price === null) return "ok without a price";
    const error = price / fleet.simulator.priceAt(timestamp) - 1;
    return Math.abs(error) > OK_MAX_ERROR ? `ok and wrong by ${(100 * error).toFixed(1)} %` : null;
  };
  const judge = ({ status, price, timestamp }: MempoolTick["data"]): string | null => {
    if (status === "stale") seen.stale += 1;
    if (status !== "ok") return null;
    seen.ok += 1;
    return judgeOk(price, timestamp, ageSecondsOf(timestamp), OK_MAX_AGE_SECONDS);
  };
  const anyEdge = (): string => (fleet.edges[clientRandom.below(fleet.edges.length)] as Place).url;
  const witnesses = Array.from(
    { length: clients },
    (_, index) => new StreamWitness({ name: `client-${index}`, url: anyEdge, judge }),
  );
  const programs = fleet.edges.map(
    (edge) =>
      new PriceWitness({
        name: `program at ${edge.name}`,
        url: () => edge.url,
        judge: (price, timestamp, ageSeconds) =>
          // A restarted analyzer reads the mempool from its oldest entry on. Until it has read all,
          // its price is older, and says so.
          judgeOk(price, timestamp, ageSeconds, EVIDENCE_LIMIT_SECONDS),
      }),
  );
  const monkey = new Monkey(fleet, random, actions, tell);
  try {
    const endAtMs = performance.now() + seconds * 1000;
    while (performance.now() < endAtMs) {
      await monkey.act();
      await sleep(300 + random.below(3700));
    }
    await monkey.repairAll();
    const repairedAtMs = performance.now();
    await allLive(fleet, witnesses);
    return {
      faults: [...[...witnesses, ...programs].flatMap(({ faults }) => faults), ...clientFaults(witnesses)],
      actions,
      updates: sum(witnesses, ({ updates }) => updates),
      snapshots: sum(witnesses, ({ snapshots }) => snapshots),
      connections: sum(witnesses, ({ connections }) => connections),
      epochs: new Set(witnesses.flatMap(({ epochs }) => [...epochs])).size,
      repeatsAskedFor: witnesses.flatMap(({ repeatsAskedFor }) => repeatsAskedFor),
      okUpdates: seen.ok,
      staleUpdates: seen.stale,
      answers: sum(programs, ({ answers }) => answers),
      okAnswers: sum(programs, ({ okAnswers }) => okAnswers),
      oldestOkSeconds: seen.oldestOkSeconds,
      recoveryMs: performance.now() - repairedAtMs,
    };
  } finally {
    await monkey.rest();
    for (const witness of witnesses) witness.close();
    await Promise.all(programs.map((program) => program.close()));
    await fleet.dispose();
  }
}

type Random = ReturnType<typeof createRandom>;

/** Causes faults at random, and repairs each after a random time, so that faults overlap. */
class Monkey {
  readonly #fleet: BusFleet;
  readonly #random: Random;
  readonly #actions: Record<string, number>;
  readonly #tell: (line: string) => void;
  readonly #startedAtMs = performance.now();
  /** Current faults by name. */
  readonly #broken = new Map<string, Promise<void>>();

  constructor(fleet: BusFleet, random: Random, actions: Record<string, number>, tell: (line: string) => void) {
    this.#fleet = fleet;
    this.#random = random;
    this.#actions = actions;
    this.#tell = tell;
  }

  async act(): Promise<void> {
    const { analyzers, edges } = this.#fleet;
    const edge = edges[this.#random.below(edges.length)] as Place;
    const kind = this.#random.below(24);
    if (kind < 4) this.#kill(edge);
    else if (kind < 7) this.#stop(edge);
    else if (kind < 10) this.#kill((await this.#fleet.leader()) ?? (analyzers[0] as Place));
    else if (kind < 13) this.#stop((await this.#fleet.leader()) ?? (analyzers[0] as Place));
    else if (kind < 14) this.#end((await this.#fleet.leader()) ?? (analyzers[0] as Place));
    else if (kind < 16) this.#killNats();
    else if (kind < 18) this.#stopNats();
    else if (kind < 20) this.#cut(edge);
    else if (kind < 22) this.#cut((await this.#fleet.leader()) ?? (analyzers[0] as Place));
    else {
      // All of it at once.
      for (const place of [...analyzers, ...edges]) if (this.#random.below(2) === 0) this.#kill(place);
      this.#killNats();
    }
  }

  /** Repairs everything. */
  async repairAll(): Promise<void> {
    await Promise.all(this.#broken.values());
  }

  /** Waits for actions in progress. */
  async rest(): Promise<void> {
    await Promise.allSettled(this.#broken.values());
  }

  #kill(place: Place): void {
    this.#breakIt(place.name, `kill ${kindOf(place.name)}`, async (downMs) => {
      await this.#fleet.kill(place);
      await sleep(downMs);
      await this.#fleet.run(place);
    });
  }

  /** Stops a process with SIGTERM, as for an upgrade. */
  #end(place: Place): void {
    this.#breakIt(place.name, `end ${kindOf(place.name)}`, async (downMs) => {
      await this.#fleet.kill(place, "SIGTERM");
      await sleep(downMs);
      await this.#fleet.run(place);
    });
  }

  /** Suspends a process and continues it later. */
  #stop(place: Place): void {
    this.#breakIt(place.name, `stop ${kindOf(place.name)}`, async (downMs) => {
      place.process?.child.kill("SIGSTOP");
      await sleep(2 * downMs);
      place.process?.child.kill("SIGCONT");
    });
  }

  /** Cuts the link to the NATS server; delayed data arrives later. */
  #cut({ name, link }: Place): void {
    this.#breakIt(`link of ${name}`, `cut ${kindOf(name)}`, async (downMs) => {
      link?.cut();
      await sleep(3 * downMs);
      link?.repair();
    });
  }

  #killNats(): void {
    this.#breakIt("nats", "kill nats", async (downMs) => {
      await this.#fleet.nats.kill();
      await sleep(downMs);
      await this.#fleet.nats.run();
    });
  }

  /** Suspends the NATS server; its connections stay open. */
  #stopNats(): void {
    this.#breakIt("nats", "stop nats", async (downMs) => {
      this.#fleet.nats.signal("SIGSTOP");
      await sleep(2 * downMs);
      this.#fleet.nats.signal("SIGCONT");
    });
  }

  #breakIt(name: string, action: string, act: (downMs: number) => Promise<void>): void {
    if (this.#broken.has(name)) return;
    const downMs = 200 + this.#random.below(4000);
    this.#actions[action] = (this.#actions[action] ?? 0) + 1;
    this.#tell(`${((performance.now() - this.#startedAtMs) / 1000).toFixed(1)} s: ${action} (${name}, ${downMs} ms)`);
    const repaired = act(downMs).finally(() => this.#broken.delete(name));
    this.#broken.set(name, repaired);
    // `repairAll` reports a failure; until then avoid an unhandled rejection.
    repaired.catch(() => undefined);
  }
}

const kindOf = (name: string): string => name.replace(/-\d+$/, "");

/** Waits until all clients have fresh ok updates of the same analyzer, and all edges are ready. */
async function allLive(fleet: BusFleet, witnesses: readonly StreamWitness[]): Promise<void> {
  const startedAtMs = performance.now();
  for (;;) {
    const missing = await whatIsMissing(fleet, witnesses);
    if (missing === null) return;
    if (performance.now() - startedAtMs > RECOVERY_MAX_MS) throw new Error(`not live again: ${missing}`);
    await sleep(100);
  }
}

async function whatIsMissing(fleet: BusFleet, witnesses: readonly StreamWitness[]): Promise<string | null> {
  const now = performance.now();
  const epochs = new Set(witnesses.map(({ latest }) => latest?.epoch));
  if (epochs.size !== 1) return `clients follow ${epochs.size} epochs`;
  for (const { latest, latestAtMs } of witnesses) {
    if (latest === null || now - latestAtMs > 2000) return "a client gets nothing";
    if (latest.status !== "ok") return `a client is shown ${latest.status}`;
  }
  for (const { name, url } of fleet.edges) {
    const response = await fetch(`${url}/health/ready`);
    if (response.status !== 200) return `${name} is not ready: ${await response.text()}`;
  }
  return null;
}

/** Messages ignored by the page's client; a correct server causes none. */
function clientFaults(witnesses: readonly StreamWitness[]): string[] {
  return witnesses.flatMap(({ client: { counts }, repeatsAskedFor }, index) => {
    const { malformed, unknown, duplicate, reordered, gap } = counts;
    return malformed + unknown + reordered + gap === 0 && duplicate <= repeatsAskedFor.length
      ? []
      : [`client-${index}: its client ignored messages: ${JSON.stringify(counts)}`];
  });
}

function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}
