import { describe, expect, it } from "vitest";
import { createServiceMetrics } from "../../src/serve/metrics/service-metrics.ts";
import { TestState, tick } from "../http/test-state.ts";

/** Samples of a scrape by name and labels. */
function samples(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line);
    if (match?.[1] !== undefined) found.set(match[1], Number(match[2]));
  }
  return found;
}

describe("the service's metrics", () => {
  it("show price, interval, confidence, age, status, node and window", async () => {
    const state = new TestState();
    state.confirmedSide = {
      price: 110_000,
      interval: null,
      status: "ok",
      engine: "posterior",
      height: 870_000,
      block_timestamp: 1_763_809_500,
      window: { first_height: 869_990, last_height: 870_000, hours: 3 },
      blocks: [],
      picture: null,
      transactions: [],
      snapshot: true,
    };
    const shown = samples((await createServiceMetrics({ state }).scrape()).body);
    expect(Object.fromEntries([...shown].filter(([name]) => name.startsWith("utxoracle_")))).toMatchObject({
      utxoracle_price_usd: 113_600.5,
      utxoracle_price_low_usd: 113_310,
      utxoracle_price_high_usd: 113_890,
      utxoracle_confidence: 0.97,
      utxoracle_price_age_seconds: 0.75,
      utxoracle_confirmed_price_usd: 110_000,
      utxoracle_ready: 1,
      utxoracle_node_connected: 1,
      utxoracle_node_height: 870_000,
      utxoracle_window_transactions: 4309,
      utxoracle_transactions_received_total: 12_543,
      utxoracle_transactions_filtered_total: 8234,
      utxoracle_transactions_expired_total: 120,
      utxoracle_window_removed_transactions: 7,
      utxoracle_window_remembered_ids: 40,
      utxoracle_window_forgotten_ids_total: 2,
      'utxoracle_status{status="ok"}': 1,
      'utxoracle_status{status="stale"}': 0,
      'utxoracle_info{source="node",chain="main",engine="posterior"}': 1,
    });
    expect(shown.get("utxoracle_live_to_confirmed_distance_ratio")).toBeCloseTo(113_600.5 / 110_000 - 1, 12);
    expect(shown.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    expect([...shown.keys()].some((name) => name.startsWith("nodejs_eventloop_lag"))).toBe(true);
  });

  it("have the track record's counters at 0 from the start", async () => {
    const shown = samples((await createServiceMetrics({ state: new TestState() }).scrape()).body);
    expect(shown.get('utxoracle_track_incidents_total{kind="alias"}')).toBe(0);
    expect(shown.get('utxoracle_track_incidents{days="90"}')).toBe(0);
    expect(shown.get("utxoracle_track_judged_total")).toBe(0);
  });

  it("have no sample for an unknown value, such as a missing price", async () => {
    const state = new TestState();
    const metrics = createServiceMetrics({ state });
    await metrics.scrape();
    state.tick = tick({
      price: null,
      interval: null,
      status: "no_estimate",
      node: { ...tick().node, connected: null },
    });
    const shown = samples((await metrics.scrape()).body);
    for (const name of ["utxoracle_price_usd", "utxoracle_price_age_seconds", "utxoracle_node_connected"])
      expect(shown.has(name), name).toBe(false);
    expect(shown.get('utxoracle_status{status="no_estimate"}')).toBe(1);
  });

  it("count stream events, and never use an unknown path as label", async () => {
    const metrics = createServiceMetrics({ state: new TestState() });
    const client = { client: 1, kind: "websocket", address: "127.0.0.1" } as const;
    metrics.streamEvent({ type: "client_connected", ...client });
    metrics.streamEvent({ type: "client_connected", ...client, client: 2 });
    metrics.streamEvent({
      type: "client_closed",
      ...client,
      cause: "slow_reader",
      code: 1013,
      connectedMs: 5,
      droppedUpdates: 3,
    });
    metrics.streamEvent({ type: "updates_dropped", topic: "mempool_update", updates: 3 });
    metrics.streamEvent({ type: "http_request", method: "GET", path: null, status: 404, durationMs: 2 });
    metrics.feedMessages.inc({ topic: "rawtx" }, 7);
    const { body: text } = await metrics.scrape();
    const shown = samples(text);
    expect(shown.get('utxoracle_stream_clients{kind="websocket"}')).toBe(1);
    expect(shown.get('utxoracle_stream_clients{kind="sse"}')).toBe(0);
    expect(shown.get('utxoracle_stream_clients_closed_total{kind="websocket",cause="slow_reader"}')).toBe(1);
    expect(shown.get('utxoracle_stream_dropped_updates_total{topic="mempool_update"}')).toBe(3);
    expect(shown.get('utxoracle_feed_messages_total{topic="rawtx"}')).toBe(7);
    expect(shown.get('utxoracle_http_request_seconds_count{path="other",status="404"}')).toBe(1);
  });
});
