import type { MempoolUpdateData } from "@utxoracle/models";
import { needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, type ServiceProcess } from "../e2e/service-process.ts";
import { StreamReader } from "../e2e/stream-reader.ts";
import { BusFleet, type Place } from "./bus-fleet.ts";

/** Within this time everything says that nothing comes, ms (docs/many-clients.md). */
const LOSS_SHOWN_MS = 5000;
/** A standby leads within this time, ms. */
const TAKEOVER_MS = 5000;
/** The analyzer ticks twice a second. Whatever held it up would hold it up for seconds, while the bus waits for an answer. */
const HELD_UP_SECONDS = 2;

/** A network that is cut: connections stand and carry nothing, neither way. */
describe("a part of the fleet that is cut off from the NATS server", needs("nats-server"), () => {
  let fleet: BusFleet;

  beforeAll(async () => {
    fleet = await BusFleet.start({ analyzers: 2, edges: 2, seed: 12, blocks: false, cuttable: true });
  }, 120_000);

  afterAll(async () => {
    await fleet?.dispose();
  });

  const leader = async (): Promise<Place> => {
    const { answer } = await eventually(
      "a leader",
      () => fleet.leader(),
      (place) => place !== null,
    );
    return answer as Place;
  };
  const readers = (places: readonly Place[]): Promise<StreamReader[]> =>
    Promise.all(places.map(({ url }) => StreamReader.open(url)));
  const update = (reader: StreamReader, what: string, fits: (newest: MempoolUpdateData) => boolean) =>
    eventually(
      what,
      () => reader.updates.at(-1),
      (newest) => newest !== undefined && fits(newest),
    );
  const close = (open: readonly StreamReader[]) => Promise.all(open.map((reader) => reader.close()));

  it("an edge says so in time, holds nobody up, and begins again with a snapshot of now", async () => {
    const [cut, other] = fleet.edges as [Place, Place];
    const open = await readers([cut, other, await leader()]);
    const [atCut, atOther, atAnalyzer] = open as [StreamReader, StreamReader, StreamReader];
    await update(atCut, "a firm price", ({ status }) => status === "ok");
    cut.link?.cut();
    const { elapsedMs } = await update(atCut, "that nothing comes", ({ status }) => status === "stale");
    expect(elapsedMs).toBeLessThan(LOSS_SHOWN_MS);
    expect(atCut.updates.find(({ status }) => status === "stale")).toMatchObject({ snapshot: true, seq: 0 });
    // The connection is known to be dead, and new ones do not come about.
    await eventually(
      "its reasons",
      () => runningAt(cut).ready(),
      ({ status, answer }) => status === 503 && answer.reasons.some(({ code }) => code === "bus_disconnected"),
    );
    const before = atCut.updates.length;
    cut.link?.repair();
    await update(atCut, "a firm price again", ({ status }) => status === "ok");
    expect(atCut.updates.slice(before).find(({ status }) => status === "ok")?.snapshot).toBe(true);
    expectInOrder(atCut.updates);

    for (const reader of [atOther, atAnalyzer]) {
      expect(new Set(reader.updates.map(({ status }) => status))).toEqual(new Set(["ok"]));
      expectInOrder(reader.updates);
      expect(Math.max(...reader.delaysSeconds.slice(1))).toBeLessThan(HELD_UP_SECONDS);
    }
    const times = atAnalyzer.updates.map(({ timestamp }) => timestamp);
    expect(Math.max(...times.slice(1).map((time, index) => time - (times[index] as number)))).toBeLessThan(
      HELD_UP_SECONDS,
    );
    await close(open);
  });

  it("a leader is replaced in time, what it sent meanwhile is shown to nobody, and its own readers notice nothing", async () => {
    const cut = await leader();
    const open = await readers([...fleet.edges, cut]);
    const [atEdge, atOther, atAnalyzer] = open as [StreamReader, StreamReader, StreamReader];
    const { answer: good } = await update(atEdge, "a firm price", ({ status }) => status === "ok");
    const epoch = good?.epoch;
    cut.link?.cut();
    const { elapsedMs } = await update(
      atEdge,
      "the standby's updates",
      (newest) => newest.epoch !== epoch && newest.status !== "stale",
    );
    expect(elapsedMs).toBeLessThan(TAKEOVER_MS);
    await update(atOther, "the standby's updates", (newest) => newest.epoch !== epoch && newest.status !== "stale");
    const taken = [atEdge.updates.length, atOther.updates.length];
    const voidBefore = await voidDeltas(fleet.edges);
    cut.link?.repair();
    // What it sent before it knew arrives now, under a term that is over.
    await eventually(
      "its late updates at the edges",
      () => voidDeltas(fleet.edges),
      (deltas) => deltas > voidBefore,
    );
    await eventually(
      "the old leader as a standby",
      () => runningAt(cut).ready(),
      ({ answer }) => (answer.notices ?? []).some(({ code }) => code === "bus_standby"),
    );
    for (const [index, reader] of [atEdge, atOther].entries()) {
      expect(reader.updates.slice(taken[index]).map((late) => late.epoch)).not.toContain(epoch);
      expectInOrder(reader.updates);
    }
    expect(new Set(atAnalyzer.updates.map(({ status }) => status))).toEqual(new Set(["ok"]));
    expectInOrder(atAnalyzer.updates);
    expect(Math.max(...atAnalyzer.delaysSeconds.slice(1))).toBeLessThan(HELD_UP_SECONDS);
    await close(open);
  });
});

/** Each update is the next one of its epoch, or a snapshot; no number of an epoch comes twice. */
function expectInOrder(updates: readonly MempoolUpdateData[]): void {
  expect(updates[0]?.snapshot).toBe(true);
  for (const [index, { epoch, seq, snapshot }] of updates.entries()) {
    const before = updates[index - 1];
    if (!snapshot) expect({ epoch: before?.epoch, seq: before?.seq }).toEqual({ epoch, seq: seq - 1 });
    expect(updates.slice(0, index).some((earlier) => earlier.epoch === epoch && earlier.seq >= seq)).toBe(false);
  }
}

/** How many deltas of another term than the lease's have come to the edges. */
async function voidDeltas(edges: readonly Place[]): Promise<number> {
  const texts = await Promise.all(edges.map(async (edge) => (await runningAt(edge).get("/metrics")).text));
  const counts = texts.map((text) => /^utxoracle_edge_deltas_total\{verdict="other_term"\} (\d+)$/m.exec(text)?.[1]);
  return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
}

function runningAt(place: Place): ServiceProcess {
  if (place.process === null) throw new Error(`${place.name} is down`);
  return place.process;
}
