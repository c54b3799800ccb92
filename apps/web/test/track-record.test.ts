import { describe, expect, it } from "vitest";
import { readTrackRecord } from "../src/track/track-record.ts";
import { incidentText, outageText, trackLine } from "../src/track/track-text.ts";
import { sampleTrackRecord } from "./sample-track-record.ts";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("the line", () => {
  it("says how right the prices were", () => {
    expect(plain(trackLine(sampleTrackRecord()))).toBe(
      "Last 7 days: within 0.10 % half of the time, within 0.35 % in 90 %, worst 1.1 %, interval held 91 %",
    );
  });

  it("names the length of a record younger than the days", () => {
    const record = sampleTrackRecord();
    expect(trackLine({ ...record, from: Number(record.to) - 4440 })).toMatch(/^Last 74 min: /);
    expect(trackLine({ ...record, from: Number(record.to) - 216_000 })).toMatch(/^Last 2.5 days: /);
  });

  it("says why there are no figures yet", () => {
    const record = sampleTrackRecord();
    const ok = { ...record.ok, judged: 0, median_pct: null };
    expect(trackLine({ ...record, ok })).toContain("judged an hour after");
    const empty = { ...record, ok, recorded: 0, from: null, to: null };
    expect(readTrackRecord(empty)).toEqual(empty);
    expect(trackLine(empty)).toContain("nothing recorded");
  });
});

it("names published and hindsight price of an incident, and the ratio of an alias", () => {
  const incident = { time: 1_763_810_000, published: { price: 120_100 }, restated: { price: 60_000 } };
  expect(plain(incidentText({ ...incident, difference_pct: 100.17, alias_ratio: 2 }))).toBe(
    "22 Nov 2025 11:13 UTC: published $120,100, in hindsight $60,000 (+100 %, off by the ratio 2)",
  );
});

it("says what an outage was and how long", () => {
  expect(outageText({ from: 1_763_810_000, to: 1_763_813_600, kind: "stale" })).toBe(
    "22 Nov 2025 11:13 UTC: only an old price for 60 min",
  );
});

describe("a response", () => {
  it("is read as it is", () => {
    const record = sampleTrackRecord();
    expect(readTrackRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it.each([
    ["columns of unequal length", { differences: { ...sampleTrackRecord().differences, low_pct: [] } }],
    ["an incident without a price", { incidents: { count: 1, newest: [{ time: 1 }] } }],
    ["a figure that is a text", { ok: { ...sampleTrackRecord().ok, median_pct: "0.1" } }],
    ["no start", { from: null }],
    ["no shares", { shares: undefined }],
  ])("with %s is refused", (_, change) => {
    expect(readTrackRecord({ ...sampleTrackRecord(), ...change })).toBeNull();
  });
});
