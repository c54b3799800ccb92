import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AccuracyRecord } from "../scripts/accuracy.ts";
import { read } from "./markdown.ts";

// Figures on more than one page must equal those on the page of the measurement.

const estimatorReadme = read("packages/estimator/README.md");

/** The cells of a page's table rows that start with this text. */
const rows = (path: string, begin: string): string[][] =>
  read(path)
    .split("\n")
    .filter((line) => line.startsWith(`| ${begin}`))
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));

const percent = (text: string | undefined): number => Number.parseFloat(text ?? "");

describe("the coverage of the interval", () => {
  const record = JSON.parse(readFileSync(new URL("../accuracy.json", import.meta.url), "utf8")) as AccuracyRecord;
  const held = (mode: string, windowSeconds: number): number => {
    const run = record.runs.find(
      ({ asked }) => asked.engine === "posterior" && asked.mode === mode && asked.windowSeconds === windowSeconds,
    );
    return Math.round(run?.figures.interval_coverage_pct ?? Number.NaN);
  };

  it("in the estimator's README equals the measurement", () => {
    const shown = [held("live", 10_800), held("cold", 10_800), held("cold", 3600), held("cold", 600)] as const;
    const [live, threeHours, oneHour, tenMinutes] = shown;
    expect(estimatorReadme).toContain(`in ${Math.min(...shown)} to ${Math.max(...shown)} % of the windows`);
    expect(estimatorReadme).toContain(
      `live ${live} %, a window on its own ${threeHours} % at three hours, ${oneHour} % at one hour, ${tenMinutes} % at ten minutes`,
    );
  });

  it("on days outside the fit equals docs/estimator-posterior.md", () => {
    const cells = ["10 min", "1 h", "3 h"].flatMap((window) => rows("docs/estimator-posterior.md", `${window} |`));
    expect(cells).toHaveLength(3);
    const shares = cells.flatMap((row) => (row.at(-1) ?? "").split("/").map(percent));
    expect(estimatorReadme).toContain(`it held in ${Math.min(...shares)} to ${Math.max(...shares)} %`);
  });
});

it("the reference engine's README has the measured error rates", () => {
  const record = JSON.parse(readFileSync(new URL("../accuracy.json", import.meta.url), "utf8")) as AccuracyRecord;
  const farOff = [10_800, 600].map((windowSeconds) => {
    const run = record.runs.find(
      ({ asked }) => asked.engine === "reference" && asked.mode === "cold" && asked.windowSeconds === windowSeconds,
    );
    return run?.figures.over2_pct?.toFixed(1);
  });
  const page = read("packages/estimator/src/reference/README.md");
  expect(page).toContain(`On three-hour windows ${farOff[0]} % of its answers`);
  expect(page).toContain(`on ten-minute windows ${farOff[1]} %`);
});

describe("the effect of forged payments", () => {
  const page = "docs/estimator-tracking.md";
  const [header = []] = rows(page, "false price");
  const shares = header.slice(1).map(percent);
  const measured = rows(page, "+").map(([what = "", ...cells]) => ({ what, away: percent(what), cells }));
  const errors = measured.filter(({ what }) => what.includes("median error"));
  const wrong = measured.filter(({ what }) => what.includes("called"));
  /** The cell of a row at a share of forged amounts. */
  const at = (cells: readonly string[], share: number): number => percent(cells[shares.indexOf(share)]);
  const largestError = (share: number): number => Math.max(...errors.map(({ cells }) => at(cells, share)));

  it("in docs/security.md equals the measurement for each share", () => {
    expect([shares.length, errors.length, wrong.length]).toEqual([8, 4, 3]);
    const small = Math.max(...[1, 2, 3].map(largestError));
    expect(rows("docs/security.md", "up to 3 % |")[0]?.[1]).toContain(`${small} % at most`);
    expect(rows("docs/security.md", "4 % |")[0]?.[1]).toContain(`${largestError(4)} % at most`);
    for (const share of [5, 10, 20, 50])
      for (const { away, cells } of errors) expect(at(cells, share) / away, `${away} %, ${share} %`).toBeCloseTo(1, 1);
    expect(rows("docs/security.md", "5 % and more |")[0]?.[1]).toMatch(/^the false price is published/);
    expect(wrong.map(({ cells }) => at(cells, 5))).toEqual([0, 0, 0]);
    expect(wrong.map(({ cells }) => Math.max(...[10, 20, 50].map((share) => at(cells, share))))).toEqual([19, 4, 0]);
  });

  it("in the estimator's README equals the measurement", () => {
    const [near = [], far = []] = wrong.map(({ cells }) => [5, 20, 50].map((share) => at(cells, share)));
    expect(far[0]).toBe(0);
    expect(estimatorReadme).toContain(`none of 30 questions at 5 %, ${far[1]} at 20 %, ${far[2]} at 50 %`);
    expect(estimatorReadme).toContain(`(+5 %: ${near[0]}, ${near[1]} and ${near[2]})`);
  });
});

it("the range of prices is the same on every page", () => {
  const model = read("packages/estimator/src/posterior/filter/filter-model.ts");
  const [low = "", high = ""] = ["minPriceUsd", "maxPriceUsd"].map((name) => {
    const digits = new RegExp(`${name}: ([\\d_]+)`).exec(model)?.[1] ?? "";
    return `$${Number(digits.replaceAll("_", "")).toLocaleString("en-US")}`;
  });
  const pages = ["confirmed", "estimator-posterior", "estimator-tracking"].map((name) => `docs/${name}.md`);
  for (const path of ["packages/estimator/README.md", ...pages])
    expect(read(path), path).toContain(`${low} to ${high}`);
});
