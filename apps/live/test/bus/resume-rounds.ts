import { setTimeout as sleep } from "node:timers/promises";
import { deflateRawSync } from "node:zlib";
import { eventually } from "../e2e/service-process.ts";
import { BusFleet, type Place } from "./bus-fleet.ts";
import { PointRecord, ReceivedPoints } from "./point-record.ts";
import { createRandom } from "./seeded.ts";
import { StreamWitness } from "./stream-witness.ts";

/** As many transactions as a busy network has. */
const TRANSACTIONS_PER_SECOND = 10;
const DEADLINE_MS = 90_000;
/** Longest pause of the client, ms. The edges keep 60 s. */
const AWAY_MS_MAX = 3000;

/** What is restarted while the client is away. */
export type Restart = "nothing" | "edge" | "nats" | "analyzer";
/** After this time the edges and the record have the ticks of a new analyzer. */
const SETTLED_MS = 3000;

export interface ResumeReport {
  readonly faults: readonly string[];
  /** Returns of the client, and of those the resumed ones, by what was restarted meanwhile. */
  readonly returns: Readonly<Record<string, { readonly all: number; readonly resumed: number }>>;
  /**
   * Returns after which the client got what it had missed, and those after which it got a snapshot.
   */
  readonly resumes: number;
  readonly snapshots: number;
  readonly epochs: number;
  /** Points that the client got, compared with those of the analyzer. */
  readonly comparedPoints: number;
  /** Bytes of the messages with what was missed: plain and deflated. */
  readonly resumeBytes: Spread;
  readonly deflatedBytes: Spread;
}

interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/**
 * A client leaves and returns to any edge, again and again, while an edge, the NATS server or the
 * analyzer is restarted. Checks that it gets each tick and each point once.
 * @param restarts what is restarted, once or over and over.
 * @param resumes least number of returns after which it got what it had missed.
 */
export async function runResumes(
  restarts: readonly Restart[],
  resumes: number,
  seed: number,
  tell: (line: string) => void,
): Promise<ResumeReport> {
  const random = createRandom(seed);
  const fleet = await BusFleet.start({ analyzers: 1, edges: 2, seed, blocks: false });
  fleet.simulator.setTransactionsPerSecond(TRANSACTIONS_PER_SECOND);
  const [analyzer] = fleet.analyzers as [Place];
  const record = new PointRecord();
  const received = new ReceivedPoints();
  const returns: Record<string, { readonly all: number; readonly resumed: number }> = {};
  const resumed: { readonly plain: number; readonly deflated: number }[] = [];
  let snapshots = 0;
  let at = 0;
  const witness = new StreamWitness({
    name: "client",
    url: () => (fleet.edges[at % fleet.edges.length] as Place).url,
    judge: () => null,
    onApplied: (data) => received.add(data),
    onFirst: (text, isResumed) => {
      if (isResumed) resumed.push({ plain: Buffer.byteLength(text), deflated: deflateRawSync(text).byteLength });
      else snapshots += 1;
    },
  });
  /**
   * @param stopped epoch of the analyzer that was restarted: its updates may still arrive. When the
   *   next one has loaded its window, all clients get a snapshot.
   */
  const isLive = (stopped: string | null = null): Promise<unknown> => {
    const since = performance.now();
    return eventually(
      "a fresh update",
      () => witness,
      ({ latest, latestAtMs }) =>
        latest?.node.connected === true && latest.loading === null && latest.epoch !== stopped && latestAtMs > since,
      DEADLINE_MS,
    );
  };
  try {
    record.follow(analyzer.url);
    await isLive();
    await sleep(SETTLED_MS);
    for (let round = 0; resumed.length < resumes || round < restarts.length; round++) {
      const what = restarts[round % restarts.length] as Restart;
      witness.client.close();
      const { epoch = null } = witness.latest ?? {};
      const resumedBefore = resumed.length;
      const awayMs = random.below(AWAY_MS_MAX);
      if (what === "edge") {
        const edge = fleet.edges[random.below(fleet.edges.length)] as Place;
        await fleet.kill(edge, random.below(2) === 0 ? "SIGKILL" : "SIGTERM");
        await fleet.run(edge);
      } else if (what === "nats") {
        await fleet.nats.kill();
        await fleet.nats.run();
      } else if (what === "analyzer") {
        await fleet.kill(analyzer, random.below(2) === 0 ? "SIGKILL" : "SIGTERM");
        await fleet.run(analyzer);
        record.follow(analyzer.url);
      }
      await sleep(awayMs);
      at = random.below(fleet.edges.length);
      witness.client.connect();
      await isLive(what === "analyzer" ? epoch : null);
      await sleep(what === "analyzer" ? SETTLED_MS : random.below(SETTLED_MS / 2));
      received.compare(record);
      const { all, resumed: some } = returns[what] ?? { all: 0, resumed: 0 };
      returns[what] = { all: all + 1, resumed: some + resumed.length - resumedBefore };
      tell(
        `${round + 1}: away ${awayMs} ms, restarted ${what}; ${resumed.length} resumed, the last with ${resumed.at(-1)?.plain} bytes; ${snapshots} snapshots, ${received.compared} points compared, ${witness.faults.length + received.faults.length} faults`,
      );
    }
    // An edge that is a tick behind the last one sends what the client has already: not a fault.
    const { malformed, unknown, gap } = witness.client.counts;
    const ignored = malformed + unknown + gap;
    return {
      faults: [
        ...witness.faults,
        ...received.faults,
        ...(ignored === 0 ? [] : [`the client ignored messages: ${JSON.stringify(witness.client.counts)}`]),
      ],
      ...{ returns, resumes: resumed.length, snapshots, epochs: witness.epochs.size },
      comparedPoints: received.compared,
      resumeBytes: spreadOf(resumed.map(({ plain }) => plain)),
      deflatedBytes: spreadOf(resumed.map(({ deflated }) => deflated)),
    };
  } finally {
    witness.close();
    record.close();
    await fleet.dispose();
  }
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { min: at(0), median: at(1 / 2), max: at(1) };
}
