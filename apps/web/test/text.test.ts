import type { StreamView } from "@utxoracle/viz";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Announcer, spokenState } from "../src/announcer.ts";
import { EarlyRetries } from "../src/early-retries.ts";
import { healthText } from "../src/health-texts.ts";
import { firstCause, remedyOf } from "../src/node-remedies.ts";
import { pictureName } from "../src/picture-download.ts";
import { moveText, readMoves } from "../src/price-moves.ts";
import { confirmedLine, tabTitle } from "../src/state-panel.ts";
import { streamAddress } from "../src/stream-address.ts";
import { throttle } from "../src/throttle.ts";
import { troubleOf } from "../src/trouble-panel.ts";
import { readEvidence, readReasons, verdictOf } from "../src/why-panel.ts";
import { sampleConfirmed, sampleTick } from "./sample-stream.ts";

const view = (data: Parameters<typeof sampleTick>[0] = {}, more: Partial<StreamView> = {}): StreamView => ({
  connection: "open",
  confirmed: null,
  live: sampleTick(data).data,
  silentSeconds: 0.1,
  ...more,
});

describe("the stream's address", () => {
  it.each([
    ["http://127.0.0.1:8000/", "ws://127.0.0.1:8000/ws/mempool"],
    ["https://example.org/", "wss://example.org/ws/mempool"],
    ["https://example.org/btc/price/", "wss://example.org/btc/price/ws/mempool"],
    ["https://example.org/btc/index.html?embed#x", "wss://example.org/btc/ws/mempool"],
    ["http://[::1]:8000/?embed", "ws://[::1]:8000/ws/mempool"],
  ])("of %s is %s", (page, stream) => expect(streamAddress(page)).toBe(stream));
});

describe("the title of the tab", () => {
  it.each([
    [view(), "$113,601 · UTXOracle Live"],
    [view({ source: "simulation" }), "$113,601 · simulation · UTXOracle Live"],
    [view({ source: "replay", chain: null }), "$113,601 · replay · UTXOracle Live"],
    [view({ chain: "regtest" }), "$113,601 · regtest · UTXOracle Live"],
    [view({ status: "low_confidence" }), "~$113,601 · UTXOracle Live"],
    [view({ status: "stale" }), "⚠ $113,601 · UTXOracle Live"],
    [view({}, { connection: "waiting" }), "⚠ $113,601 · UTXOracle Live"],
    [view({ price: null, interval: null, status: "warming_up" }), "UTXOracle Live"],
  ])("always qualifies the price", (v, title) => expect(tabTitle(v)).toBe(title));
});

describe("the confirmed price", () => {
  it("is shown with the live price's distance", () => {
    const { data } = sampleConfirmed(() => 0.5, 1_757_535_586, 113_600, 1);
    expect(confirmedLine(view())).toBe("");
    expect(confirmedLine(view({}, { confirmed: { ...data, price: 113_400 } }))).toBe(
      "3-hour average $113,400 (now 0.18 % above)",
    );
    expect(confirmedLine(view({ price: 113_000 }, { confirmed: { ...data, price: 113_400 } }))).toContain(
      "0.35 % below",
    );
    expect(confirmedLine(view({ price: null }, { confirmed: { ...data, price: 113_400 } }))).toBe(
      "3-hour average $113,400",
    );
    expect(confirmedLine(view({}, { confirmed: { ...data, price: 113_400, status: "low_confidence" } }))).toBe(
      "3-hour average ~$113,400 (low confidence, now 0.18 % above)",
    );
    const loading = view({ price: null, status: "warming_up" }, { confirmed: { ...data, price: 113_400 } });
    expect(confirmedLine(loading)).toBe("");
  });
});

describe("announcements", () => {
  it("contain price, interval and warnings", () => {
    expect(spokenState(view())).toBe("Price $113,601. 90 percent interval $113,310 to $113,890. confidence 97 %");
    expect(spokenState(view({ source: "simulation" }))).toContain("Simulation: synthetic traffic, not a real price");
    expect(spokenState(view({ price: null, interval: null, status: "no_estimate" }))).toContain("No price");
  });

  it("come at once when the state changes, otherwise at most every 30 s", () => {
    const spoken: string[] = [];
    let text = "";
    const region = {
      get textContent() {
        return text;
      },
      set textContent(value: string) {
        text = value;
        spoken.push(value);
      },
    };
    let nowMs = 0;
    const announcer = new Announcer(region as HTMLElement, () => nowMs);
    announcer.update(view({}, { connection: "connecting", live: null }));
    expect(spoken).toEqual([]);
    for (; nowMs <= 120_000; nowMs += 500) announcer.update(view({ price: 113_600 + nowMs }));
    expect(spoken).toHaveLength(5);
    for (; nowMs <= 300_000; nowMs += 500) announcer.update(view({ price: 5 }));
    expect(spoken).toHaveLength(6);
    announcer.update(view({ price: 5 }, { connection: "waiting" }));
    expect(spoken.at(-1)).toContain("Connection lost");
    // A count of seconds that continues is no change of state.
    for (let silentSeconds = 6; silentSeconds < 20; silentSeconds++)
      announcer.update(view({ price: 5 }, { silentSeconds }));
    expect(spoken).toHaveLength(8);
  });
});

describe("retries", () => {
  it("come every 5 s in the first minute without a connection, and later not at all", () => {
    let nowMs = 0;
    const tried: number[] = [];
    const retries = new EarlyRetries(
      () => tried.push(nowMs),
      () => nowMs,
    );
    retries.update({ connection: "connecting" });
    for (; nowMs < 300_000; nowMs += 1000) retries.update({ connection: "waiting" });
    const pauses = tried.map((time, i) => time - (tried[i - 1] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000);
    expect(tried.length).toBeGreaterThanOrEqual(11);
    expect(tried.at(-1)).toBeLessThan(60_000);
    retries.update({ connection: "open" });
    retries.update({ connection: "waiting" });
    expect(tried.at(-1)).toBe(nowMs);
  });
});

describe("throttle", () => {
  it("runs at once, then at most once per interval, including the last call", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let runs = 0;
    const run = throttle(100, () => runs++);
    for (let i = 0; i < 1000; i++) run();
    expect(runs).toBe(1);
    vi.advanceTimersByTime(99);
    expect(runs).toBe(1);
    vi.advanceTimersByTime(1);
    expect(runs).toBe(2);
    vi.advanceTimersByTime(1000);
    expect(runs).toBe(2);
    run();
    expect(runs).toBe(3);
  });
});

describe("readEvidence", () => {
  it("reads valid responses and rejects others", () => {
    const answer = { price: 87_000, timestamp: 1, evidence: [{ usd: 20, votes: 12, strength: 4.5 }] };
    expect(readEvidence(answer)).toEqual({ price: 87_000, votes: answer.evidence });
    expect(readEvidence({ price: null, evidence: [] })).toEqual({ price: null, votes: [] });
    for (const bad of [
      null,
      [],
      {},
      { price: "x", evidence: [] },
      { price: 0, evidence: [] },
      { price: 1, evidence: [{ usd: "<b>", votes: 1, strength: 1 }] },
      { price: 1, evidence: [null] },
      { price: 1, evidence: Array(201).fill({ usd: 5, votes: 1, strength: 1 }) },
    ])
      expect(readEvidence(bad)).toBeNull();
  });
});

describe("readReasons", () => {
  it("returns reasons before notices, and nothing for invalid responses", () => {
    const reasons = [{ code: "warming_up" }];
    const notices = [{ code: "no_rpc" }];
    const both = [healthText("warming_up"), healthText("no_rpc")];
    expect(readReasons({ ok: false, reasons, notices })).toEqual(both);
    expect(readReasons({ ok: false, reasons })).toEqual(both.slice(0, 1));
    for (const other of [null, "no", [], {}, { reasons: "x" }, { reasons: [null, 1, { code: 2 }, { code: "<b>" }] }])
      expect(readReasons(other)).toEqual([]);
  });

  it.each([
    "node_syncing",
    "zmq_refused",
    "zmq_sequence_not_zmq",
    "topic_rawblock_unpublished",
    "rpc_unauthorized",
    "node_blocks_only",
    "feed_quiet",
    "bus_no_jetstream",
  ])("has a text for %s", (code) => {
    expect(healthText(code)).toMatch(/^[A-Z].+[.?]$/);
    expect(healthText(code)).not.toContain(code);
  });

  it.each(["made_up", "constructor", "zmq_constructor", "topic_constructor_unpublished"])(
    "shows an unknown code %s",
    (code) => {
      expect(healthText(code)).toContain(code);
    },
  );
});

describe("without a price the page", () => {
  const node = { ...sampleTick({}).data.node, connected: false, last_message_age: null };
  const waiting = view({ price: null, interval: null, status: "warming_up", node });

  it("names the cause and the lines for bitcoin.conf", () => {
    const trouble = troubleOf(waiting, {
      reasons: ["warming_up", "node_disconnected", "zmq_refused"],
      notices: ["rpc_cookie_missing", "zmq_rawblock_refused", "no_sequence"],
    });
    expect(trouble?.text).toBe(healthText("zmq_refused"));
    expect(trouble?.remedy?.lines).toEqual([
      "server=1",
      "zmqpubrawtx=tcp://127.0.0.1:28332",
      "zmqpubrawblock=tcp://127.0.0.1:28333",
    ]);
  });

  it.each([
    [["warming_up", "node_syncing"], [], "node_syncing"],
    [["warming_up"], ["no_sequence", "rpc_cookie_missing"], "no_sequence"],
    [["starting"], [], null],
    [[], ["no_sequence"], null],
  ])("of reasons %j and notices %j names %s", (reasons, notices, cause) =>
    expect(firstCause(reasons, notices)).toBe(cause),
  );

  it("shows the progress in numbers", () => {
    const loading = view({ price: null, status: "warming_up", loading: { blocks_done: 9, blocks_total: 18 } });
    expect(troubleOf(loading, null)?.title).toBe("Loading blocks 9 of 18");
  });

  it("does not invent a remedy", () => {
    for (const code of [
      "node_syncing",
      "made_up",
      "constructor",
      "zmq_constructor_refused",
      "topic_constructor_unpublished",
    ])
      expect(remedyOf(code, [code])).toBeNull();
  });

  it("says nothing once there is a price", () => {
    expect(troubleOf(view(), { reasons: ["node_disconnected"], notices: [] })).toBeNull();
    expect(troubleOf(view({}, { live: null, connection: "waiting" }), null)?.title).toContain("cannot be reached");
  });
});

describe("verdictOf", () => {
  const vote = (usd: number, strength: number) => ({ usd, votes: 1, strength });
  it.each([
    [
      [vote(5, 1), vote(20, 9), vote(50, 30), vote(100, 12), vote(15, -1)],
      "4 of 5 round amounts support the price, most of all $50, $100 and $20.",
    ],
    [[vote(1000, 3), vote(15, -1)], "1 of 2 round amounts support the price, most of all $1,000."],
    [[vote(15, -1)], "0 of 1 round amounts support the price."],
  ])("names the strongest amounts first", (votes, sentence) =>
    expect(verdictOf(87_321, votes)).toBe(`At $87,321, ${sentence}`),
  );
});

it("names a saved PNG by its time", () => {
  expect(pictureName(new Date(1_757_535_586_000))).toBe("utxoracle-live-20250910-201946Z.png");
});

describe("how the price moved", () => {
  const now = 1_757_535_586;
  const move = { since: now - 600, price: 60_000, interval: { low: 59_700, high: 60_300 } };
  it.each([
    [
      { ...move, outputs_now: 41, outputs_then: 12 },
      60_600,
      "10 minutes ago: $60,000 ±0.5 % · $59,700 – $60,300 (90 % range). Now 1.00 % higher, outside that error bar: it moved. Of the outputs since then, 41 are round amounts at the price now, 12 at the one before.",
    ],
    [
      { ...move, since: now - 3600, outputs_now: null, outputs_then: null },
      59_940,
      "1 hour ago: $60,000 ±0.5 % · $59,700 – $60,300 (90 % range). Now 0.10 % lower, within that error bar, so it may be chance.",
    ],
    [
      { ...move, interval: null, outputs_now: null, outputs_then: null },
      59_940,
      "10 minutes ago: $60,000. Now 0.10 % lower.",
    ],
  ])("is shown with its error bar and the outputs at both prices", (change, price, text) => {
    expect(moveText(change, price, now)).toBe(text);
  });

  it("is left out if the response is of another form", () => {
    const good = { ...move, outputs_now: 1, outputs_then: 2 };
    expect(readMoves({ changes: [good, { ...good, price: "1" }, null, { ...good, outputs_now: -1 }] })).toEqual([good]);
    expect(readMoves({ changes: "?" })).toEqual([]);
    expect(readMoves(null)).toEqual([]);
  });
});
