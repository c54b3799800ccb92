import { describe, expect, it } from "vitest";
import { ENGLISH_LABELS, withEnglish } from "../src/labels.ts";
import { badgeLines, countsLine } from "../src/paint-caption.ts";
import { priceTone, type StreamView, stateBadges } from "../src/stream-state.ts";
import {
  formatAxisPrice,
  formatBlockAge,
  formatBtc,
  formatDuration,
  formatLocal,
  formatUsd,
  formatUtc,
  formatUtcDate,
} from "../src/text-format.ts";
import { COLOR_BLIND_THEME, DARK_THEME, PRINT_THEME, parseColor } from "../src/theme.ts";
import { VizError } from "../src/viz-error.ts";
import { mempoolUpdate, T } from "./sample-messages.ts";

describe("number formats", () => {
  it.each([
    [formatUsd(113_600.5), "$113,601"],
    [formatUsd(999.5), "$999.50"],
    [formatBtc(0.00088106), "0.00088106 BTC"],
    [formatAxisPrice(119_000, 1000), "119k"],
    [formatAxisPrice(68_500, 500), "68.5k"],
    [formatAxisPrice(68_250, 50), "68.25k"],
    [formatAxisPrice(9_500, 100), "9,500"],
    [formatAxisPrice(1.25, 0.05), "1.25"],
    [formatDuration(45.9), "45s"],
    [formatDuration(725), "12m 05s"],
    [formatDuration(3725.5), "1h 02m"],
    [formatDuration(2 * 86_400 + 3 * 3600), "2d 03h"],
    [formatBlockAge(190), "3min"],
    [formatBlockAge(-20), "0min"],
    [formatBlockAge(3720), "1h 02m"],
    [formatUtc(1_757_535_586), "20:19:46 UTC"],
    [formatUtcDate(1_757_535_586), "10 Sep 2025"],
  ])("%s", (found, expected) => expect(found).toBe(expected));

  it("formats the counts", () => {
    expect(countsLine(mempoolUpdate({}).data)).toBe(
      "Received: 12,543 | Filtered: 8,234 | Active: 4,309 | Uptime: 1h 02m",
    );
    expect(countsLine(null)).toBeNull();
    expect(countsLine(mempoolUpdate({}).data, "Empfangen {received}, Fenster {active}, {other}")).toBe(
      "Empfangen 12,543, Fenster 4,309, {other}",
    );
  });
});

it.each([1e15, -1e15, 1e300])("formats a time out of range (%d) as a dash", (time) => {
  expect(formatUtc(time)).toBe("— UTC");
  expect(formatUtcDate(time)).toBe("—");
  expect(formatLocal(time)).toBe("—");
});

describe("state badges", () => {
  const view = (data: Parameters<typeof mempoolUpdate>[0], more: Partial<StreamView> = {}): StreamView => ({
    connection: "open",
    confirmed: null,
    live: mempoolUpdate(data).data,
    silentSeconds: 0.2,
    ...more,
  });
  const text = (v: StreamView): string =>
    stateBadges(v)
      .map((badge) => `${badge.tone}: ${badge.text}`)
      .join(" / ");
  const node = mempoolUpdate({}).data.node;

  it("report a good state", () => {
    expect(text(view({}))).toBe("good: From your own node / good: Live / good: Node connected / good: Estimate good");
    expect(priceTone(view({}))).toBe("good");
  });

  it("show the server's refusal and that the price is polled", () => {
    const refusal = { code: "too_many_clients", message: "12,000 clients are connected", retryAfterMs: 10_000 };
    for (const connection of ["waiting", "connecting"] as const) {
      expect(text(view({}, { connection, live: null, refusal }))).toBe(
        "bad: No live stream: 12,000 clients are connected. Trying again",
      );
      const polled = view({}, { connection, refusal, polled: true });
      expect(text(polled)).toBe(
        "good: From your own node / bad: No live stream: 12,000 clients are connected. Trying again / weak: Updated over HTTP from time to time / good: Node connected / good: Estimate good",
      );
      expect(priceTone(polled)).toBe("good");
      // An old polled price is no better than that of a lost stream.
      const old = { ...polled, silentSeconds: 46 };
      expect(priceTone(old)).toBe("bad");
      expect(text(old)).toContain("Last known price");
      const unreachable = { code: "unreachable", message: "no answer from the server", retryAfterMs: null };
      expect(text(view({}, { connection, refusal: unreachable }))).toContain("Connection lost, trying again");
    }
    expect(text(view({}, { refusal, polled: true }))).toContain("wait: Connected, waiting for data");
  });

  it("report missing updates after 5 s, or after two intervals of a slow server", () => {
    expect(text(view({}, { silentSeconds: 4.9 }))).toMatch(/good: Live/);
    for (const intervalSeconds of [undefined, null, 0.5, 2])
      expect(text(view({}, { silentSeconds: 5, intervalSeconds } as Partial<StreamView>))).toMatch(/No update for 5 s/);
    const rare = (silentSeconds: number): StreamView => view({}, { silentSeconds, intervalSeconds: 60 });
    expect(text(rare(149))).toBe(text(view({})));
    expect(priceTone(rare(149))).toBe("good");
    expect(text(rare(150))).toMatch(/bad: No update for 150 s/);
    expect(priceTone(rare(150))).toBe("bad");
  });

  it("always mark a simulation, a replay and another chain", () => {
    expect(text(view({ source: "simulation" }))).toMatch(/^weak: Simulation: synthetic traffic, not a real price/);
    expect(text(view({ source: "replay" }))).toMatch(/^weak: Replay of recorded traffic/);
    for (const source of ["simulation", "replay"] as const)
      expect(text(view({ source }))).not.toMatch(/own node|Node connected/);
    expect(text(view({ chain: "regtest" }))).toContain("weak: Chain: regtest, not mainnet");
  });

  it("report each problem and set the price's color", () => {
    const cases: [StreamView, RegExp, string][] = [
      [view({}, { connection: "waiting" }), /bad: Connection lost, trying again/, "bad"],
      [view({}, { connection: "closed" }), /bad: Not connected/, "bad"],
      [view({}, { silentSeconds: 7.4 }), /bad: No update for 7 s/, "bad"],
      [view({ node: { ...node, connected: false } }), /bad: Node lost/, "bad"],
      [view({ node: { ...node, connected: null } }), /wait: Waiting for the node/, "good"],
      [view({ node: { ...node, resyncing: true } }), /weak: Resyncing with the node/, "good"],
      [view({ node: { ...node, missed_messages: 1200 } }), /weak: 1,200 node messages missed/, "good"],
      [view({ status: "low_confidence", confidence: 0.4 }), /weak: Low confidence/, "weak"],
      [view({ status: "stale", price_timestamp: 1_757_535_586 }), /bad: Stale: price of 20:19:46 UTC/, "bad"],
      [view({ status: "no_estimate", price: null, interval: null }), /bad: No estimate/, "bad"],
      [view({ status: "warming_up", price: null, interval: null }), /wait: Warming up: loading/, "wait"],
      [
        view({ status: "warming_up", price: null, interval: null, node: { ...node, connected: false } }),
        /wait: Warming up: waiting for the node/,
        "wait",
      ],
    ];
    for (const [v, words, tone] of cases) {
      expect(text(v)).toMatch(words);
      expect(priceTone(v)).toBe(tone);
    }
    expect(text({ connection: "connecting", live: null, confirmed: null, silentSeconds: null })).toBe(
      "wait: Connecting",
    );
    expect(text({ connection: "open", live: null, confirmed: null, silentSeconds: null })).toBe(
      "wait: Connected, waiting for data",
    );
  });

  it("call only a price that is current live", () => {
    expect(text(view({ status: "stale" }))).toContain("good: Connected");
    expect(text(view({ status: "low_confidence" }))).toContain("good: Live");
    expect(text(view({ node: { ...node, connected: false } }))).not.toContain("Live");
  });

  it("omit node and estimate and show the price's time while disconnected", () => {
    const lost = "bad: Connection lost, trying again / bad: Last known price, of 20:19:46 UTC";
    for (const connection of ["waiting", "connecting"] as const)
      expect(text(view({}, { connection }))).toBe(`good: From your own node / ${lost}`);
    expect(text(view({ status: "stale", price_timestamp: T - 60 }, { connection: "waiting" }))).toContain(
      "Last known price, of 20:18:46 UTC",
    );
    expect(text(view({}, { silentSeconds: 30 }))).not.toMatch(/Node connected|Estimate good|Live/);
    expect(text(view({ price: null, status: "warming_up" }, { connection: "waiting" }))).toBe(
      "good: From your own node / bad: Connection lost, trying again",
    );
    expect(text({ connection: "waiting", live: null, confirmed: null, silentSeconds: null })).toBe(
      "bad: No connection yet, trying again",
    );
  });

  it("report unreadable messages: the page may be older than the server", () => {
    expect(text(view({}, { unreadable: 1 }))).toContain("weak: 1 message could not be read");
    expect(text(view({}, { unreadable: 1234 }))).toContain("weak: 1,234 messages could not be read");
    expect(text(view({}, { unreadable: 0 }))).not.toContain("could not be read");
  });

  it("show the date of an old stale price", () => {
    expect(text(view({ status: "stale", price_timestamp: T - 86_400 }))).toContain(
      "Stale: price of 09 Sep 2025 20:19:46 UTC",
    );
  });

  it("break into lines and drop only good badges if there are too many", () => {
    const badges = stateBadges(
      view({ source: "simulation", chain: "regtest", status: "stale", node: { ...node, connected: false } }),
    );
    const lines = (room: number, linesMax: number) =>
      badgeLines(badges, ({ text }) => text.length, room, linesMax).map((line) => line.map(({ about }) => about));
    expect(lines(1000, 2)).toEqual([["source", "chain", "connection", "node", "estimate"]]);
    expect(lines(80, 2)).toEqual([
      ["source", "chain"],
      ["connection", "node", "estimate"],
    ]);
    expect(lines(50, 3)).toEqual([["source"], ["chain", "connection", "node"], ["estimate"]]);
    expect(lines(50, 2).flat()).not.toContain("connection");
  });

  it("omit the connection of a chart fed by updateData", () => {
    expect(text(view({}, { connection: null, silentSeconds: 900 }))).not.toMatch(/Live|No update/);
  });
});

it("accepts custom labels but keeps the watermarks", () => {
  const labels = withEnglish({ mempool: "Warteraum", simulation: " ", replay: "WIEDERGABE" });
  expect(labels).toEqual({ ...ENGLISH_LABELS, mempool: "Warteraum", replay: "WIEDERGABE" });
});

describe("the themes", () => {
  const luminance = (color: string): number => {
    const [r, g, b] = parseColor(color).map((v) =>
      v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
    ) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  it.each(Object.entries({ DARK_THEME, COLOR_BLIND_THEME, PRINT_THEME }))(
    "%s: every text color has enough contrast",
    (_, theme) => {
      const { background, frame: _frame, ...colors } = theme;
      for (const color of Object.values(colors)) {
        const [light, dark] = [luminance(color), luminance(background)].sort((a, b) => b - a) as [number, number];
        // WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text.
        expect((light + 0.05) / (dark + 0.05)).toBeGreaterThan(4.5);
      }
    },
  );

  it("COLOR_BLIND_THEME: the two sides differ in lightness too", () => {
    const [mempool, confirmed] = [COLOR_BLIND_THEME.mempool, COLOR_BLIND_THEME.confirmed].map(luminance) as [
      number,
      number,
    ];
    expect((mempool + 0.05) / (confirmed + 0.05)).toBeGreaterThan(1.7);
  });

  it("accept only #rrggbb", () => {
    expect(parseColor("#00e5ff")).toEqual([0, 229, 255]);
    for (const bad of ["red", "#fff", "#00e5ff;", "url(x)"]) expect(() => parseColor(bad)).toThrow(VizError);
  });
});
