import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AccuracyRecord } from "../scripts/accuracy.ts";
import { read } from "./markdown.ts";

// Figures that stand on more than one page: what one page says of a measurement is what the page of the measurement has.

const estimatorReadme = read("packages/estimator/README.md");

/** The cells of a page's table rows whose first cell begins so. */
const rows = (path: string, begin: string): string[][] =>
  read(path)
    .split("\n")
    .filter((line) => line.startsWith(`| ${begin}`))
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));

const percent = (text: string | undefined): number => Number.parseFloat(text ?? "");

describe("how often the interval holds", () => {
  const record = JSON.parse(readFileSync(new URL("../accuracy.json", import.meta.url), "utf8")) as AccuracyRecord;
  const held = (mode: string, windowSeconds: number): number => {
    const run = record.runs.find(
      ({ asked }) => asked.engine === "posterior" && asked.mode === mode && asked.windowSeconds === windowSeconds,
    );
    return Math.round(run?.figures.interval_coverage_pct ?? Number.NaN);
  };

  it("is in the estimator's README as measured", () => {
    const shown = [held("live", 10_800), held("cold", 10_800), held("cold", 3600), held("cold", 600)] as const;
    const [live, threeHours, oneHour, tenMinutes] = shown;
    expect(estimatorReadme).toContain(`in ${Math.min(...shown)} to ${Math.max(...shown)} % of the windows`);
    expect(estimatorReadme).toContain(
      `live ${live} %, a window on its own ${threeHours} % at three hours, ${oneHour} % at one hour, ${tenMinutes} % at ten minutes`,
    );
  });

  it("on days that the fit has not seen is what the fit's page has", () => {
    const cells = ["10 min", "1 h", "3 h"].flatMap((window) => rows("docs/estimator-posterior.md", `${window} |`));
    expect(cells).toHaveLength(3);
    const shares = cells.flatMap((row) => (row.at(-1) ?? "").split("/").map(percent));
    expect(estimatorReadme).toContain(`it held in ${Math.min(...shares)} to ${Math.max(...shares)} %`);
  });
});

it("how often the reference engine is far off is on its page as measured", () => {
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

describe("what forged payments do", () => {
  const page = "docs/estimator-tracking.md";
  const [header = []] = rows(page, "false price");
  const shares = header.slice(1).map(percent);
  const measured = rows(page, "+").map(([what = "", ...cells]) => ({ what, away: percent(what), cells }));
  const errors = measured.filter(({ what }) => what.includes("median error"));
  const wrong = measured.filter(({ what }) => what.includes("called"));
  /** The cell of a row at a share of forged amounts. */
  const at = (cells: readonly string[], share: number): number => percent(cells[shares.indexOf(share)]);
  const largestError = (share: number): number => Math.max(...errors.map(({ cells }) => at(cells, share)));

  it("is in the security notes as measured, share by share", () => {
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

  it("is in the estimator's README as measured", () => {
    const [near = [], far = []] = wrong.map(({ cells }) => [5, 20, 50].map((share) => at(cells, share)));
    expect(far[0]).toBe(0);
    expect(estimatorReadme).toContain(`none of 30 questions at 5 %, ${far[1]} at 20 %, ${far[2]} at 50 %`);
    expect(estimatorReadme).toContain(`(+5 %: ${near[0]}, ${near[1]} and ${near[2]})`);
  });
});

it("the prices that are searched are the same on every page", () => {
  const model = read("packages/estimator/src/tracking/tracking-model.ts");
  const [low = "", high = ""] = ["minPriceUsd", "maxPriceUsd"].map((name) => {
    const digits = new RegExp(`${name}: ([\\d_]+)`).exec(model)?.[1] ?? "";
    return `$${Number(digits.replaceAll("_", "")).toLocaleString("en-US")}`;
  });
  const pages = ["confirmed", "estimator-posterior", "estimator-tracking"].map((name) => `docs/${name}.md`);
  for (const path of ["packages/estimator/README.md", ...pages])
    expect(read(path), path).toContain(`${low} to ${high}`);
});

describe("a figure of docs/capacity.md that another page has", () => {
  const capacity = "docs/capacity.md";
  const node = "docs/node.md";
  const estimator = "packages/estimator/README.md";
  const server = "packages/stream-server/README.md";
  const viz = "packages/viz/README.md";
  const parser = "packages/tx-parser/README.md";

  /** The page's one row that begins so, as a line. */
  function row(path: string, begin: string): string {
    const found = read(path)
      .split("\n")
      .filter((line) => line.startsWith(`| ${begin}`));
    expect(found, `${path}: | ${begin}`).toHaveLength(1);
    return found[0] as string;
  }

  it.each<[of: string, here: string, path: string, there: string, figures: string[]]>([
    ["the feed", "a node's feed", node, "1,000 transactions a second", ["5 minutes", "0.07 of one core"]],
    ["memory", "memory of the service", node, "1,000 transactions a second", ["115 MiB at most", "50,900 payments"]],
    ["memory with RPC", "memory of the service", node, "the same with RPC", ["140 MiB"]],
    ["the way in", "sent on ZMQ", node, "sent on ZMQ", ["5 minutes", "p50 0.38 ms, p99 0.77 ms", "most 35 ms"]],
    ["the way in, crowded", "the same without going first", node, "sent on ZMQ", ["p50 0.34 ms, p99 114 ms"]],
    [
      "a day",
      "a day's traffic",
      node,
      "a day's traffic",
      ["600,459 transactions, 144 blocks", "44 to 59 s", "146 to 158 MiB at most"],
    ],
    ["an estimate", "one estimate", estimator, "one estimate", ["0.35 to 0.7 ms of CPU"]],
    ["a payment", "a payment of two", estimator, "a payment of two", ["1.9 to 2.2 µs, 1.1 to 1.2 µs"]],
    ["the first estimate", "the first estimate", estimator, "the first estimate", ["0.7 s of CPU"]],
    ["readers", "the same for 1,000 readers", server, "1,000 clients", ["p50 18 ms, p99 73 ms"]],
    ["a parsed transaction", "parse, txid", parser, "processMempoolTransaction, one", ["368,000"]],
    ["a parsed block", "parse, txid", parser, "examineBlockTransactions |", ["668,000"]],
    ["a picture", "a picture of 50,000", viz, "50,000 |", ["1.2 ms (p95 3.9)"]],
  ])("is the same there: %s", (_, here, path, there, figures) => {
    for (const figure of figures) {
      expect(row(capacity, here)).toContain(figure);
      expect(row(path, there)).toContain(figure);
    }
  });

  it("is what the stream server's page and the page of many readers say of it", () => {
    const [, middle, tail] = /p50 [\d.]+, ([\d.]+), [\d.]+ ms; p99 [\d.]+, (\d+), \d+ ms/.exec(
      row(capacity, "update to reader"),
    ) as unknown as [string, string, string];
    expect(read(server)).toContain(`1,000 clients had p50 ${middle} ms, p99 ${tail} ms`);
    const [memory = ""] = /\d+ MiB/.exec(row(capacity, "memory of the serving process")) ?? [];
    expect(row("docs/many-readers.md", "memory")).toContain(`${memory} an edge`);
    const [, ours, plain] = /(\d+) ms; with plain `send` (\d+) ms/.exec(row(capacity, "longest wait")) ?? [];
    const [, low, high] = /([\d.]+) to ([\d.]+) times/.exec(row(server, "longest wait of a feed beside")) ?? [];
    const ratio = Number((Number(ours) / Number(plain)).toFixed(2));
    expect(ratio).toBeGreaterThanOrEqual(Number(low));
    expect(ratio).toBeLessThanOrEqual(Number(high));
  });
});
