import type { TrackRecord } from "../src/track/track-record.ts";

const NOW = 1_763_810_000;
const STEP = 1800;
const ROWS = 336;

/** A track record of 7 days, with two incidents and two outages. */
export function sampleTrackRecord(): TrackRecord {
  const time = Array.from({ length: ROWS }, (_, index) => NOW - (ROWS - index) * STEP);
  const wave = (index: number): number => 0.08 * Math.sin(index / 9) + 0.05 * Math.sin(index / 2.3);
  const incident = { time: NOW - 200_000, published: { price: 61_200 }, restated: { price: 60_530 } };
  return {
    days: 7,
    from: NOW - 604_800,
    to: NOW,
    recorded: 60_480,
    shares: { ok: 0.982, low_confidence: 0.012, stale: 0.006, no_estimate: 0, warming_up: 0, not_running: 0 },
    ok: {
      judged: 59_000,
      median_pct: 0.1,
      p90_pct: 0.35,
      p99_pct: 0.8,
      worst_pct: 1.1,
      coverage_50_pct: 53,
      coverage_80_pct: 82,
      coverage_90_pct: 91.2,
      coverage_95_pct: 96,
    },
    outages: {
      count: 2,
      seconds: 4200,
      newest: [
        { from: NOW - 300_000, to: NOW - 296_400, kind: "stale" },
        { from: NOW - 90_000, to: NOW - 89_400, kind: "not_running" },
      ],
    },
    incidents: { count: 1, newest: [{ ...incident, difference_pct: 1.1069, alias_ratio: null }] },
    differences: {
      step: STEP,
      time,
      median_pct: time.map((_, index) => wave(index)),
      low_pct: time.map((_, index) => wave(index) - 0.15 - 0.1 * Math.abs(wave(index * 3))),
      high_pct: time.map((_, index) => (index === 225 ? 1.1 : wave(index) + 0.15 + Math.abs(wave(index * 5)))),
    },
  };
}
