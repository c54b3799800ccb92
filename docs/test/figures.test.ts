import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AccuracyRecord } from "../scripts/accuracy.ts";
import { read } from "./markdown.ts";

// Figures on more than one page must equal those on the page of the measurement.

const estimatorReadme = read("packages/estimator/README.md").replaceAll(/\s+/g, " ");

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

  it("in the estimator's README is the measured one", () => {
    const shown = [held("live", 10_800), held("cold", 10_800), held("cold", 3600), held("cold", 600)] as const;
    const [live, threeHours, oneHour, tenMinutes] = shown;
    expect(estimatorReadme).toContain(`in ${Math.min(...shown)} to ${Math.max(...shown)} % of the windows`);
    expect(estimatorReadme).toContain(
      `live ${live} %, a window on its own ${threeHours} % at three hours, ${oneHour} % at one hour, ${tenMinutes} % at ten minutes`,
    );
  });

  it("of ten minutes on days outside the fit equals MODEL.md", () => {
    const [chosen] = rows("packages/estimator/MODEL.md", "**0.66 %**");
    const [calm, slow, moving, fast] = (chosen?.[2] ?? "").split(",").map(percent) as [number, number, number, number];
    const upTo2 = [calm, slow, moving];
    expect(estimatorReadme).toContain(
      `in ${Math.min(...upTo2)} to ${Math.max(...upTo2)} % by movement up to 2 %, and in ${fast} % of faster hours`,
    );
  });
});

it("the first ok of a cold start in the estimator's README equals MODEL.md", () => {
  const [chosen] = rows("packages/estimator/MODEL.md", "**1** ");
  const [thick, thin] = (chosen?.[1] ?? "").split(" and ").map((pair) => pair.split(", ").map(Number));
  expect(estimatorReadme).toContain(
    `after ${thick?.[0]} to ${thin?.[0]} minutes in the median and ${thin?.[1]} to ${thick?.[1]} in nine of ten cases`,
  );
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

it("the range of prices is the same on every page", () => {
  const model = read("packages/estimator/src/posterior/filter/filter-model.ts");
  const [low = "", high = ""] = ["minPriceUsd", "maxPriceUsd"].map((name) => {
    const digits = new RegExp(`${name}: ([\\d_]+)`).exec(model)?.[1] ?? "";
    return `$${Number(digits.replaceAll("_", "")).toLocaleString("en-US")}`;
  });
  for (const path of ["packages/estimator/README.md", "packages/estimator/MODEL.md", "docs/confirmed.md"])
    expect(read(path), path).toContain(`${low} to ${high}`);
});
