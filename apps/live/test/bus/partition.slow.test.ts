import { needs } from "@utxoracle/testkit";
import type { MempoolTick } from "@utxoracle/viz/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, type ServiceProcess } from "../e2e/service-process.ts";
import { WebSocketClient } from "../e2e/websocket-client.ts";
import { BusFleet, type Place } from "./bus-fleet.ts";

/** Maximum time until lost updates are reported, ms (docs/many-clients.md). */
const LOSS_SHOWN_MS = 5000;
/** A standby leads within this time, ms. */
const TAKEOVER_MS = 5000;
/** The analyzer ticks twice a second. If NATS blocked it, it would pause for seconds. */
const HELD_UP_SECONDS = 2;

// A cut network: connections stay open but transfer nothing.
describe("a process cut off from the NATS server", needs("nats-server"), () => {
  let fleet: BusFleet;

  beforeAll(async () => {
    fleet = await BusFleet.start({ analyzers: 2, edges: 2, seed: 12, blocks: false, cuttable: true });
  });

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
  const clients = (places: readonly Place[]): Promise<WebSocketClient[]> =>
    Promise.all(places.map(({ url }) => WebSocketClient.open(url)));
  const update = (client: WebSocketClient, what: string, fits: (newest: MempoolTick["data"]) => boolean) =>
    eventually(
      what,
      () => client.updates.at(-1),
      (newest) => newest !== undefined && fits(newest),
    );
  const close = (open: readonly WebSocketClient[]) => Promise.all(open.map((client) => client.close()));

  it("an edge turns stale, affects no other, and resumes with a fresh snapshot", async () => {
    const [cut, other] = fleet.edges as [Place, Place];
    const open = await clients([cut, other, await leader()]);
    const [atCut, atOther, atAnalyzer] = open as [WebSocketClient, WebSocketClient, WebSocketClient];
    await update(atCut, "a firm price", ({ status }) => status === "ok");
    cut.link?.cut();
    const { elapsedMs } = await update(atCut, "that nothing comes", ({ status }) => status === "stale");
    expect(elapsedMs).toBeLessThan(LOSS_SHOWN_MS);
    expect(atCut.updates.find(({ status }) => status === "stale")).toMatchObject({ snapshot: true, seq: 0 });
    // The dead connection is detected, and new ones fail.
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

    for (const client of [atOther, atAnalyzer]) {
      expect(new Set(client.updates.map(({ status }) => status))).toEqual(new Set(["ok"]));
      expectInOrder(client.updates);
      expect(Math.max(...client.delaysSeconds.slice(1))).toBeLessThan(HELD_UP_SECONDS);
    }
    const times = atAnalyzer.updates.map(({ timestamp }) => timestamp);
    expect(Math.max(...times.slice(1).map((time, index) => time - (times[index] as number)))).toBeLessThan(
      HELD_UP_SECONDS,
    );
    await close(open);
  });

  it("a leader is replaced, its late messages are ignored, its own clients continue", async () => {
    const cut = await leader();
    const open = await clients([...fleet.edges, cut]);
    const [atEdge, atOther, atAnalyzer] = open as [WebSocketClient, WebSocketClient, WebSocketClient];
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
    // Its delayed messages arrive now, with an old term.
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
    for (const [index, client] of [atEdge, atOther].entries()) {
      expect(client.updates.slice(taken[index]).map((late) => late.epoch)).not.toContain(epoch);
      expectInOrder(client.updates);
    }
    expect(new Set(atAnalyzer.updates.map(({ status }) => status))).toEqual(new Set(["ok"]));
    expectInOrder(atAnalyzer.updates);
    expect(Math.max(...atAnalyzer.delaysSeconds.slice(1))).toBeLessThan(HELD_UP_SECONDS);
    await close(open);
  });
});

/**
 * Expects that each update is the next one of its epoch, or a snapshot, without repeated numbers.
 */
function expectInOrder(updates: readonly MempoolTick["data"][]): void {
  expect(updates[0]?.snapshot).toBe(true);
  for (const [index, { epoch, seq, snapshot }] of updates.entries()) {
    const before = updates[index - 1];
    if (!snapshot) expect({ epoch: before?.epoch, seq: before?.seq }).toEqual({ epoch, seq: seq - 1 });
    expect(updates.slice(0, index).some((earlier) => earlier.epoch === epoch && earlier.seq >= seq)).toBe(false);
  }
}

/** Number of deltas of other terms than the lease received by the edges. */
async function voidDeltas(edges: readonly Place[]): Promise<number> {
  const texts = await Promise.all(edges.map(async (edge) => (await runningAt(edge).get("/metrics")).text));
  const counts = texts.map((text) => /^utxoracle_edge_deltas_total\{verdict="other_term"\} (\d+)$/m.exec(text)?.[1]);
  return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
}

function runningAt(place: Place): ServiceProcess {
  if (place.process === null) throw new Error(`${place.name} is down`);
  return place.process;
}
