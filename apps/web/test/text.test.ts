import type { StreamView } from "@utxoracle/viz";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Announcer, spokenState } from "../src/announcer.ts";
import { atMostEvery } from "../src/at-most-every.ts";
import { healthText } from "../src/health-texts.ts";
import { pictureName } from "../src/picture-download.ts";
import { confirmedLine, tabTitle } from "../src/state-panel.ts";
import { streamAddress } from "../src/stream-address.ts";
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
  ])("never shows a price without what qualifies it", (v, title) => expect(tabTitle(v)).toBe(title));
});

describe("the confirmed price", () => {
  it("is shown with how far the live one is from it", () => {
    const { data } = sampleConfirmed(() => 0.5, 1_757_535_586, 113_600, 1);
    expect(confirmedLine(view())).toBe("");
    expect(confirmedLine(view({}, { confirmed: { ...data, price: 113_400 } }))).toBe(
      "Confirmed $113,400 (live 0.18 % above)",
    );
    expect(confirmedLine(view({ price: 113_000 }, { confirmed: { ...data, price: 113_400 } }))).toContain(
      "0.35 % below",
    );
    expect(confirmedLine(view({ price: null }, { confirmed: { ...data, price: 113_400 } }))).toBe("Confirmed $113,400");
    expect(confirmedLine(view({}, { confirmed: { ...data, price: 113_400, status: "low_confidence" } }))).toBe(
      "Confirmed ~$113,400 (low confidence, live 0.18 % above)",
    );
  });
});

describe("what a screen reader hears", () => {
  it("is the price with its interval, and all that is not well", () => {
    expect(spokenState(view())).toBe("Price $113,601. 90 percent interval $113,310 to $113,890. confidence 97 %");
    expect(spokenState(view({ source: "simulation" }))).toContain("Simulation: made-up traffic, not a real price");
    expect(spokenState(view({ price: null, interval: null, status: "no_estimate" }))).toContain("No price");
  });

  it("comes at most every 30 seconds, and only when it changed", () => {
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
    announcer.hear(view({}, { connection: "connecting", live: null }));
    expect(spoken).toEqual([]);
    for (; nowMs <= 120_000; nowMs += 500) announcer.hear(view({ price: 113_600 + nowMs }));
    expect(spoken).toHaveLength(5);
    for (; nowMs <= 300_000; nowMs += 500) announcer.hear(view({ price: 5 }));
    expect(spoken).toHaveLength(6);
  });
});

describe("text that changes often", () => {
  it("is set at once, then at most every interval, the last time included", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let runs = 0;
    const run = atMostEvery(100, () => runs++);
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

describe("the evidence", () => {
  it("is read as the service gives it, and refused when it is something else", () => {
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

describe("the reasons for no price", () => {
  it("are those of readiness first, then what it does without; none in an answer of another kind", () => {
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
  ])("have a sentence for %s", (code) => {
    expect(healthText(code)).toMatch(/^[A-Z].+[.?]$/);
    expect(healthText(code)).not.toContain(code);
  });

  it.each(["made_up", "constructor", "zmq_constructor", "topic_constructor_unpublished"])(
    "name the code %s",
    (code) => {
      expect(healthText(code)).toContain(code);
    },
  );
});

describe("why this price, in a sentence", () => {
  const vote = (usd: number, strength: number) => ({ usd, votes: 1, strength });
  it.each([
    [
      [vote(5, 1), vote(20, 9), vote(50, 30), vote(100, 12), vote(15, -1)],
      "4 of 5 round amounts speak for the price, most of all $50, $100 and $20.",
    ],
    [[vote(1000, 3), vote(15, -1)], "1 of 2 round amounts speak for the price, most of all $1,000."],
    [[vote(15, -1)], "0 of 1 round amounts speak for the price."],
  ])("names the amounts that carry it, the strongest first", (votes, sentence) =>
    expect(verdictOf(87_321, votes)).toBe(`At $87,321, ${sentence}`),
  );
});

it("a saved picture is named by its moment", () => {
  expect(pictureName(new Date(1_757_535_586_000))).toBe("utxoracle-live-20250910-201946Z.png");
});
