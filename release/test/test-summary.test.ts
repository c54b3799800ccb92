import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../src/published-packages.ts";

interface Options {
  readonly everyTestMustRun?: boolean;
  readonly mayLack?: readonly string[];
  readonly status?: number;
  readonly passedBefore?: number;
}
interface Summary {
  readonly notes: readonly string[];
  readonly counts: string;
  readonly exitCode: number;
}
const { passedFiles, summarize } = (await import(
  pathToFileURL(join(repositoryRoot, "scripts/test-summary.mjs")).href
)) as {
  passedFiles: (report: object) => readonly { readonly file: string; readonly tests: number }[];
  summarize: (report: object, options: object) => Summary;
};

const passed = { status: "passed", fullName: "adds up", meta: {} };
const failed = { status: "failed", fullName: "adds up", meta: {} };
const skipped = (fullName: string, meta: Readonly<Record<string, string>> = {}) => ({
  status: "skipped",
  fullName,
  meta,
});
const withoutCorpus = skipped("reads a day", { "missing:corpus": "set UTXORACLE_CORPUS" });

function summary(tests: readonly { readonly status: string }[], options: Options = {}, broken = false): Summary {
  const count = (status: string): number => tests.filter((test) => test.status === status).length;
  const file = { name: join(repositoryRoot, "a.test.ts"), message: "", assertionResults: tests };
  const unread = { name: join(repositoryRoot, "b.test.ts"), status: "failed", message: "ENOENT", assertionResults: [] };
  const report = {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    testResults: [{ ...file, status: count("failed") > 0 ? "failed" : "passed" }, ...(broken ? [unread] : [])],
  };
  return summarize(report, { root: repositoryRoot, everyTestMustRun: false, mayLack: [], status: 0, ...options });
}

describe("the summary of `npm test`", () => {
  it("lists each missing requirement with its skipped tests and remedy", () => {
    const lint = { "missing:shellcheck": "apt-get install shellcheck" };
    const tests = [
      passed,
      skipped("a", lint),
      skipped("b", lint),
      skipped("c", { ...lint, "missing:nginx": "get it" }),
    ];
    expect(summary(tests)).toEqual({
      notes: [
        "nginx missing: 1 test skipped; get it",
        "shellcheck missing: 3 tests skipped; apt-get install shellcheck",
      ],
      counts: "1 passed, 0 failed, 3 skipped",
      exitCode: 0,
    });
  });

  it("adds the tests that passed on the bare machine", () => {
    expect(summary([passed], { passedBefore: 1200 })).toEqual({
      notes: ["1200 tests passed in the earlier run and were not repeated"],
      counts: "1201 passed, 0 failed",
      exitCode: 0,
    });
  });

  it("lists a test skipped for another reason", () => {
    expect(summary([passed, skipped("waits")]).notes).toEqual(["skipped: a.test.ts: waits"]);
  });

  it("fails if a test or a file fails, or nothing ran", () => {
    expect(summary([passed, failed])).toMatchObject({ counts: "1 passed, 1 failed", exitCode: 1 });
    expect(summary([passed], {}, true)).toMatchObject({ counts: "1 passed, 1 failed", exitCode: 1 });
    expect(summary([])).toMatchObject({ counts: "0 passed, 1 failed", exitCode: 1 });
    expect(summary([passed], { status: 1 })).toMatchObject({ counts: "1 passed, 1 failed", exitCode: 1 });
  });

  it("counts skipped tests as failed in CI, except allowed ones", () => {
    const everyTestMustRun = true;
    expect(summary([passed, withoutCorpus], { everyTestMustRun })).toMatchObject({
      counts: "1 passed, 1 failed",
      exitCode: 1,
    });
    expect(summary([passed, withoutCorpus], { everyTestMustRun, mayLack: ["corpus"] })).toMatchObject({
      counts: "1 passed, 0 failed, 1 skipped",
      exitCode: 0,
    });
    const both = skipped("both", { ...withoutCorpus.meta, "missing:nginx": "get it" });
    expect(summary([passed, both], { everyTestMustRun, mayLack: ["corpus"] }).exitCode).toBe(1);
  });
});

it("repeats a file with a failed or skipped test, and one that could not be read", () => {
  const file = (name: string, status: string, assertionResults: readonly object[]) => ({
    name,
    status,
    assertionResults,
  });
  const testResults = [
    file("whole.test.ts", "passed", [passed, passed]),
    file("lacks-corpus.test.ts", "passed", [passed, withoutCorpus]),
    file("failed.test.ts", "failed", [passed, failed]),
    file("unread.test.ts", "failed", []),
  ];
  expect(passedFiles({ testResults })).toEqual([{ file: "whole.test.ts", tests: 2 }]);
});
