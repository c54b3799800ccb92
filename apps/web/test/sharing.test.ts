import { describe, expect, it } from "vitest";
import { lastRows, rowText } from "../src/history-view.ts";
import { readAddress, viewQuery } from "../src/page-address.ts";
import { explorerAddress } from "../src/pinned-point.ts";
import { isReached } from "../src/price-alert.ts";
import { embedCode } from "../src/share-panel.ts";

describe("the page's address", () => {
  it("names a view and a part of it, and returns to the same", () => {
    const query = viewQuery("?embed&theme=light", "7d", { start: 1_757_000_000.4, end: 1_757_100_000 });
    expect(query).toBe("?embed&theme=light&view=7d&from=1757000000&to=1757100000");
    expect(readAddress(query)).toEqual({
      view: "7d",
      range: { start: 1_757_000_000, end: 1_757_100_000 },
      isEmbedded: true,
      theme: "light",
      panels: null,
    });
    expect(viewQuery(query, "live", null)).toBe("?embed&theme=light");
    expect(viewQuery("", "live", { start: 1, end: 2 })).toBe("");
  });

  it.each([
    "?view=constructor",
    "?view=7d&from=2&to=1",
    "?view=7d&from=x&to=5",
    "?view=3h&from=1&to=1e99",
    "?from=1&to=2",
  ])("ignores what is not valid: %s", (query) => expect(readAddress(query).range).toBeNull());
});

describe("the embed code", () => {
  it("has the options, the view and the size, and no markup of the address", () => {
    const code = embedCode('https://example.org/btc/?view=7d&theme=dark&x="><script>#part', {
      theme: "light",
      panels: "price",
      size: "400 × 300",
    });
    expect(code).toBe(
      '<iframe src="https://example.org/btc/?embed&amp;view=7d&amp;x=%22%3E%3Cscript%3E&amp;theme=light&amp;panels=price" width="400" height="300" title="Bitcoin price"></iframe>',
    );
  });
});

describe("a block explorer's link", () => {
  const txid = "ab".repeat(32);
  it.each([
    ["https://example.org/tx/", `https://example.org/tx/${txid}`],
    ["https://example.org/tx", `https://example.org/tx/${txid}`],
    ["", null],
    ["javascript:alert(1)//", null],
    ["example.org", null],
  ])("to %j is %j", (prefix, link) => {
    expect(explorerAddress(prefix, txid)).toBe(link);
    expect(explorerAddress(prefix, null)).toBeNull();
  });
});

describe("an alert", () => {
  it.each([
    [null, 99, false],
    [null, 100, true],
    [99, 99.5, false],
    [99, 100, true],
    [99, 101, true],
    [101, 100.5, false],
    [101, 99, true],
  ])("at $100: from $%j to $%d gives %j", (before, now, reached) => expect(isReached(100, before, now)).toBe(reached));
});

describe("the row under the crosshair", () => {
  const row = { time: 1_757_535_586, price: 113_600, interval: { low: 113_000, high: 114_200 }, byKey: false } as const;
  it("is described in words", () => {
    expect(rowText({ ...row, kind: "ok" })).toBe(
      "$113,600 · ±0.5 % · $113,000 – $114,200 (90 % range) · 10 Sep 2025 20:19 UTC",
    );
    expect(rowText({ ...row, kind: "confirmed" })).toContain("from blocks");
    expect(rowText({ ...row, price: null, interval: null, kind: "gap" })).toBe("No price · 10 Sep 2025 20:19 UTC");
    expect(rowText(null)).toBe("");
  });
});

it("shows the last hours of longer rows", () => {
  const column = Float64Array.of(0, 10, 20, 30);
  const rows = { times: column, prices: column, lows: column, highs: column, kinds: new Uint8Array(4), step: 10 };
  expect([...lastRows(rows, 15).times]).toEqual([20, 30]);
  expect(lastRows(rows, 100)).toBe(rows);
  const none = { ...rows, times: new Float64Array(0) };
  expect(lastRows(none, 15)).toBe(none);
});
