import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type AccuracyRecord, accuracyPage, seenDays } from "../scripts/accuracy.ts";

const record = JSON.parse(readFileSync(new URL("../accuracy.json", import.meta.url), "utf8")) as AccuracyRecord;

/** Days named in a source file of fitted weights. */
const daysNamedIn = (path: string): string[] => [
  ...new Set(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8").match(/\b\d{4}-\d{2}-\d{2}\b/g)),
];

describe("docs/accuracy.md", () => {
  const page = readFileSync(new URL("../accuracy.md", import.meta.url), "utf8");

  it("is generated from docs/accuracy.json", () => {
    expect(page, "run: pnpm docs:accuracy").toBe(accuracyPage(record));
  });

  it("states for each day whether the weights were fitted to it", () => {
    for (const [fitted, path] of [
      [record.fitted.tracking, "packages/estimator/src/posterior/likelihood/weights.json"],
      [record.fitted.posterior, "packages/estimator/src/posterior/likelihood/weights.json"],
    ] as const) {
      const named = daysNamedIn(path);
      expect(named.length, path).toBeGreaterThan(0);
      expect([...fitted].sort(), `${path}: run pnpm docs:accuracy`).toEqual(
        record.days.filter((day) => named.includes(day)),
      );
      expect(page).toContain(seenDays(record.days, fitted));
    }
  });

  it("does not list a fitted day as unseen", () => {
    expect(seenDays(["2024-01-06", "2024-01-24"], ["2024-01-06"])).toBe("1 of the 2 days; not seen by it: 2024-01-24");
    expect(seenDays(["2024-01-06"], ["2024-01-06"])).toContain("every one of them was seen");
  });

  it("has both engines in both modes", () => {
    const asked = record.runs.map(({ asked: { engine, mode, windowSeconds } }) => `${engine} ${mode} ${windowSeconds}`);
    expect(asked).toEqual([
      "posterior live 10800",
      "reference live 10800",
      ...[10_800, 3600, 600].flatMap((window) => [`posterior cold ${window}`, `reference cold ${window}`]),
    ]);
    for (const { figures } of record.runs) expect(figures.windows).toBeGreaterThan(100);
  });
});
