import type { BusLease, ConfirmedResponse, HistoryResponse } from "@utxoracle/models";
import { needs } from "@utxoracle/testkit";
import type { MempoolTick } from "@utxoracle/viz/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busNames } from "../../src/relay/bus/bus-names.ts";
import { loadNatsPackages } from "../../src/relay/bus/nats-packages.ts";
import { routes } from "../../src/serve/http/routes.ts";
import { newestBlock } from "../e2e/newest-block.ts";
import { eventually, type ServiceProcess } from "../e2e/service-process.ts";
import { SseClient } from "../e2e/sse-client.ts";
import { WebSocketClient } from "../e2e/websocket-client.ts";
import { expectAsDocumented } from "../http/documented.ts";
import { BusFleet, type Place } from "./bus-fleet.ts";

/** An analyzer blocked by NATS would pause for longer than this, seconds. */
const HELD_UP_SECONDS = 3;

describe("one analyzer, many edges", needs("nats-server"), () => {
  let fleet: BusFleet;

  beforeAll(async () => {
    fleet = await BusFleet.start({ analyzers: 2, edges: 2, seed: 11, cuttable: true });
  });

  afterAll(async () => {
    await fleet?.dispose();
  });

  const edge = (index: number): ServiceProcess => runningAt(fleet.edges[index]);
  const leader = async (): Promise<Place> => {
    const found = await eventually(
      "a leader",
      () => fleet.leader(),
      (place) => place !== null,
    );
    return found.answer as Place;
  };
  const ready = (service: ServiceProcess) =>
    eventually(
      "readiness",
      () => service.ready(),
      ({ status }) => status === 200,
    );

  /** A suspended, cut-off or new analyzer has a price only after receiving from its node again. */
  const bothReady = async (): Promise<void> => {
    for (const analyzer of fleet.analyzers) {
      await ready(runningAt(analyzer));
      await fleet.firmPrice(analyzer);
    }
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

  it("an edge serves every path as documented, and the page, without a node", async () => {
    await ready(edge(0));
    // The live price does not wait for the confirmed price.
    await eventually(
      "a confirmed price",
      async () => JSON.parse((await edge(0).get("/api/v1/confirmed")).text) as ConfirmedResponse,
      ({ price }) => price !== null,
    );
    // Nor for the evidence, which is in the analyzer's state, every 2 s.
    await eventually(
      "the evidence",
      () => edge(0).get("/api/v1/evidence"),
      ({ status }) => status === 200,
    );
    const hash = await newestBlock(edge(0).url);
    for (const { path: template } of routes) {
      // It never ends; another test reads it.
      if (template === "/api/v1/stream") continue;
      const path = template.replace("{name}", "price-response").replace("{hash}", hash);
      const response = await fetch(`${edge(0).url}${path}`);
      // A plain request to the WebSocket path gets "upgrade required".
      expect(response.status, path).toBe(path === "/ws/mempool" ? 426 : 200);
      await expectAsDocumented(path, response);
    }
    expect((await edge(0).get("/")).text).toContain("<!doctype html>");
  });

  it("edges forward the analyzer's updates unchanged", async () => {
    const analyzer = await leader();
    const clients = await Promise.all([analyzer.url, edge(0).url, edge(1).url].map((url) => WebSocketClient.open(url)));
    const common = await eventually(
      "the same updates everywhere",
      () => {
        const [first, ...others] = clients.map(
          ({ updates }) => new Map(updates.filter(({ snapshot }) => !snapshot).map((update) => [update.seq, update])),
        );
        return [...(first?.values() ?? [])].filter(({ seq }) => others.every((updates) => updates.has(seq)));
      },
      (updates) => updates.length >= 3,
    );
    for (const update of common.answer)
      for (const { updates } of clients)
        expect(updates.find(({ seq, snapshot }) => seq === update.seq && !snapshot)).toEqual(update);
    for (const client of clients) await client.close();
  });

  it("an SSE client continues at another edge when one dies", async () => {
    const [first, second] = fleet.edges as [Place, Place];
    const atAnalyzer = await WebSocketClient.open((await leader()).url);
    const before = await SseClient.open(first.url);
    await eventually(
      "events",
      () => before.updates.length,
      (count) => count >= 5,
    );
    await fleet.kill(first);
    await before.ended;
    // Edges receive an update at different times.
    await eventually(
      "the last update at the other edge",
      () => edge(1).price(),
      ({ timestamp }) => timestamp >= (before.updates.at(-1)?.price_timestamp ?? 0),
    );
    const after = await SseClient.open(second.url, before);
    const last = before.updates.at(-1) as MempoolTick["data"];
    await eventually(
      "later events",
      () => after.updates.filter(({ seq }) => seq > last.seq).length,
      (count) => count >= 5,
    );
    for (const { updates } of [before, after]) {
      const start = updates[0] as MempoolTick["data"];
      // It continues where the other one was cut.
      expect(start.snapshot).toBe(updates === before.updates);
      const rest = updates.slice(1).map(({ seq, epoch, snapshot }) => ({ seq, epoch, snapshot }));
      expect(rest).toEqual(
        rest.map((_, index) => ({ seq: start.seq + index + 1, epoch: start.epoch, snapshot: false })),
      );
      const theirs = new Map(atAnalyzer.updates.map((update) => [update.seq, update]));
      const shared = updates.slice(1).filter(({ seq, snapshot }) => !snapshot && theirs.get(seq)?.snapshot === false);
      expect(shared.length).toBeGreaterThanOrEqual(2);
      for (const update of shared) expect(update).toEqual(theirs.get(update.seq));
    }
    expect(after.updates[0]).toMatchObject({ epoch: last.epoch });
    expect(after.updates[0]?.seq).toBeGreaterThan(last.seq);
    await Promise.all([after.close(), atAnalyzer.close()]);
  });

  it("an edge that starts later has the analyzer's price at once, its history and its block points", async () => {
    const json = async <T>(url: string, path: string): Promise<T> => (await (await fetch(url + path)).json()) as T;
    const historyAt = (url: string) => json<HistoryResponse>(url, "/api/v1/history?step=10");
    const analyzer = (await leader()).url;
    // A row is recorded every 10 s.
    const { answer: before } = await eventually(
      "two rows of the analyzer",
      () => historyAt(analyzer),
      ({ time }) => time.length >= 2,
      60_000,
    );
    const place = fleet.edges[0] as Place;
    await fleet.kill(place);
    await fleet.run(place);
    const client = await WebSocketClient.open(place.url);
    const first = await eventually(
      "a first update",
      () => client.updates[0],
      (update) => update !== undefined,
    );
    expect(first.answer).toMatchObject({ status: "ok", snapshot: true });
    await client.close();
    await ready(edge(0));

    // The edge may have a row of its own for the last moment.
    const times = before.time.slice(0, -1);
    const { answer: after } = await eventually(
      "the analyzer's rows at the edge",
      () => historyAt(place.url),
      ({ time }) => times.every((each) => time.includes(each)),
      60_000,
    );
    for (const [index, time] of times.entries()) {
      const there = after.time.indexOf(time);
      expect([after.price[there], after.low[there], after.status[there]]).toEqual([
        before.price[index],
        before.low[index],
        before.status[index],
      ]);
    }
    const tip = await newestBlock(place.url);
    for (const path of [`/api/v1/blocks/${tip}/points?tip=${tip}`, `/api/v1/confirmed/points?tip=${tip}`])
      expect(await json(place.url, path), path).toEqual(await json(analyzer, path));
  });

  it("an edge returns the analyzer's data, with its name and age", async () => {
    const analyzer = await leader();
    for (const path of ["/api/v1/confirmed", "/api/v1/historical-price"]) {
      // The distance to the live price and the age change between requests.
      const withoutLive = (text: string) => ({ ...JSON.parse(text), live_distance_ratio: null, age_seconds: null });
      await eventually(
        `${path} as at the analyzer`,
        async () => {
          const [theirs, ours] = await Promise.all([runningAt(analyzer).get(path), edge(0).get(path)]);
          return [withoutLive(theirs.text), withoutLive(ours.text)].map((answer) => JSON.stringify(answer));
        },
        ([theirs, ours]) => theirs === ours,
      );
    }
    expect(JSON.parse((await edge(0).get("/api/v1/historical-price")).text).prices).not.toEqual([]);
    await eventually(
      "an age of less than two seconds",
      () => edge(0).ready(),
      ({ answer }) => (answer.analyzer?.age_seconds ?? Number.POSITIVE_INFINITY) < 2,
    );
    const metrics = (await edge(0).get("/metrics")).text;
    expect(metrics).toContain(`utxoracle_edge_analyzer_info{analyzer="${analyzer.name}",`);
    expect(metrics).toMatch(/^utxoracle_edge_age_seconds \d/m);
    expect(metrics).toMatch(/^utxoracle_price_usd \d/m);
  });

  it("edges ignore a suspended leader that wakes after a takeover", async () => {
    const stopped = await leader();
    const client = await WebSocketClient.open(edge(1).url);
    await eventually(
      "an update",
      () => client.updates.length,
      (count) => count > 0,
    );
    const stoppedEpoch = client.updates.at(-1)?.epoch;
    runningAt(stopped).child.kill("SIGSTOP");
    await eventually(
      "the standby's updates",
      () => client.updates.at(-1),
      (update) => update?.epoch !== stoppedEpoch && update?.node.connected === true,
    );
    const taken = client.updates.length;
    runningAt(stopped).child.kill("SIGCONT");
    const leadsAgain = (): boolean => client.updates.slice(taken).some(({ epoch }) => epoch === stoppedEpoch);
    await eventually(
      "the old leader as a standby, or leading again",
      async () => (await runningAt(stopped).ready()).answer,
      ({ notices }) => leadsAgain() || (notices ?? []).some(({ code }) => code === "bus_standby"),
    );
    await eventually(
      "more updates",
      () => client.updates.length,
      (count) => count >= taken + 4,
    );
    // A busy machine may delay the new leader, so that the old one regains the lease. Clients then
    // get a snapshot first; a late message would be a delta.
    const [again] = client.updates.slice(taken).filter(({ epoch }) => epoch === stoppedEpoch);
    expect(again?.snapshot ?? true).toBe(true);
    await client.close();
  });

  it("a leader cut off from NATS is replaced, its late messages are ignored, its own clients continue", async () => {
    await bothReady();
    const cut = await leader();
    const open = await clients([...fleet.edges, cut]);
    const [atEdge, atOther, atAnalyzer] = open as [WebSocketClient, WebSocketClient, WebSocketClient];
    const { answer: good } = await update(atEdge, "a firm price", ({ status }) => status === "ok");
    const epoch = good?.epoch;
    cut.link?.cut();
    for (const client of [atEdge, atOther])
      await update(client, "the standby's updates", (newest) => newest.epoch !== epoch && newest.status !== "stale");
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

  // From here on, there is no standby.
  it("a stopping leader releases the lease, and a standby takes over", async () => {
    await bothReady();
    const before = await leader();
    const client = await WebSocketClient.open(edge(0).url);
    const { answer: shown } = await update(client, "a firm price", ({ status }) => status === "ok");
    const { transport, kv } = await loadNatsPackages();
    const connection = await transport.connect({ servers: fleet.nats.url });
    const leases = await (await new kv.Kvm(connection).open(busNames("utxoracle").bucket)).watch({ key: "lease" });
    const releasedBy = (async () => {
      for await (const entry of leases) {
        const { analyzer, released } = entry.json<BusLease>();
        if (released) return analyzer;
      }
      return null;
    })();
    await fleet.kill(before, "SIGTERM");
    expect(await releasedBy).toBe(before.name);
    await connection.close();
    await update(client, "the standby's updates", ({ epoch, status }) => epoch !== shown?.epoch && status === "ok");
    await client.close();
  });

  it("the price is stale without a NATS server, and recovers with it", async () => {
    const client = await WebSocketClient.open(edge(0).url);
    await eventually(
      "a firm price",
      () => client.updates.at(-1)?.status,
      (status) => status === "ok",
    );
    const good = client.updates.at(-1);
    await fleet.nats.kill();
    const noticed = await eventually(
      "that the connection is gone",
      () => edge(0).ready(),
      ({ answer }) => [...answer.reasons, ...(answer.notices ?? [])].some(({ code }) => code === "bus_disconnected"),
    );
    // The edge stays ready until the price is stale: a restarted server is back before.
    const { reasons } = noticed.answer.answer;
    if (reasons.length > 0) expect(reasons.map(({ code }) => code)).toContain("price_stale");
    await update(client, "that nothing comes", ({ status: now }) => now === "stale");
    const stale = client.updates.find(({ status }) => status === "stale");
    expect(stale).toMatchObject({ snapshot: true, confidence: 0, node: { connected: false } });
    expect(stale?.epoch).not.toBe(good?.epoch);
    expect((await edge(0).get("/price.txt")).status).toBe(503);
    const { status, answer } = await edge(0).ready();
    expect(status).toBe(503);
    expect(answer.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["bus_disconnected", "analyzer_lost", "price_stale"]),
    );
    expect((await edge(0).price()).age_seconds).toBeGreaterThan(3);

    await fleet.nats.run();
    await eventually(
      "a firm price again",
      () => client.updates.at(-1)?.status,
      (now) => now === "ok",
    );
    await ready(edge(0));
    await client.close();
  });

  it("the analyzer keeps serving its own clients while NATS is suspended", async () => {
    const analyzer = await leader();
    const client = await WebSocketClient.open(analyzer.url);
    fleet.nats.signal("SIGSTOP");
    await eventually(
      "that it no longer leads",
      () => runningAt(analyzer).ready(),
      ({ answer }) => (answer.notices ?? []).some(({ code }) => code.startsWith("bus_")),
    );
    const before = client.updates.length;
    await eventually(
      "its updates",
      () => client.updates.length,
      (count) => count >= before + 4,
    );
    for (const [index, update] of client.updates.entries()) {
      expect(update.status).toBe("ok");
      if (index > 0) expect(update.seq).toBe((client.updates[index - 1]?.seq ?? 0) + 1);
    }
    expect((await runningAt(analyzer).ready()).status).toBe(200);
    fleet.nats.signal("SIGCONT");
    await ready(edge(0));
    await client.close();
  });

  it("a suspended edge never sends an outdated ok, but a fresh snapshot", async () => {
    const client = await WebSocketClient.open(edge(1).url);
    await eventually(
      "a firm price",
      () => client.updates.at(-1)?.status,
      (status) => status === "ok",
    );
    const atAnalyzer = await WebSocketClient.open((await leader()).url);
    edge(1).child.kill("SIGSTOP");
    await eventually(
      "the analyzer going on without it",
      async () => (await edge(0).price()).timestamp - (client.updates.at(-1)?.timestamp ?? 0),
      (seconds) => seconds > 7,
    );
    // Earlier messages have been read by now.
    const before = client.updates.length;
    edge(1).child.kill("SIGCONT");
    await eventually(
      "updates",
      () => client.updates.length,
      (count) => count >= before + 3,
    );
    for (const [index, update] of client.updates.entries())
      if (index >= before && update.status === "ok") expect(client.delaysSeconds[index]).toBeLessThan(5);
    const firm = client.updates.slice(before).find(({ status }) => status === "ok");
    expect(firm === undefined || firm.snapshot).toBe(true);
    // A suspended edge does not affect the others.
    expect(Math.max(...atAnalyzer.delaysSeconds.slice(1))).toBeLessThan(HELD_UP_SECONDS);
    const numbers = atAnalyzer.updates.map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] as number) + index));
    await Promise.all([client.close(), atAnalyzer.close()]);
  });

  // A cut network: connections stay open but transfer nothing.
  it("an edge cut off from NATS turns stale, affects no other, and resumes with a fresh snapshot", async () => {
    const [cut, other] = fleet.edges as [Place, Place];
    const open = await clients([cut, other, await leader()]);
    const [atCut, atOther, atAnalyzer] = open as [WebSocketClient, WebSocketClient, WebSocketClient];
    await update(atCut, "a firm price", ({ status }) => status === "ok");
    cut.link?.cut();
    await update(atCut, "that nothing comes", ({ status }) => status === "stale");
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

  it("an edge started after the analyzers' exit shows the last price as stale", async () => {
    const known = await edge(0).price();
    await Promise.all([...fleet.analyzers, ...fleet.edges].map((place) => fleet.kill(place)));
    await fleet.run(fleet.edges[0] as Place);
    const { answer } = await eventually(
      "a price",
      () => edge(0).price(),
      (price) => price.status !== undefined,
    );
    expect(answer.status).toBe("stale");
    expect(answer.price).not.toBeNull();
    expect(answer.timestamp).toBeGreaterThan(known.timestamp - 10);
    expect((await edge(0).get("/api/v1/prices")).status).toBe(503);
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

function runningAt(place: Place | undefined): ServiceProcess {
  if (place?.process == null) throw new Error(`${place?.name ?? "that place"} is down`);
  return place.process;
}
