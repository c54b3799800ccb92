// `npm test` and `npm run test:all`: installs and builds what is missing, runs the tests, and
// prints what was skipped and one line of counts. The first argument is `fast` (without
// `*.slow.test.ts`) or `all`; the others go to Vitest (`npm test -- --project models`). `all`
// leaves out the files whose tests all passed in the run whose results UTXORACLE_PASSED names.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { passedFiles, summarize } from "./test-summary.mjs";
import { ensureBuilt, ensureInstalled, requireNode, root } from "./workspace.mjs";

const [which, ...vitestArguments] = process.argv.slice(2);
if (which !== "fast" && which !== "all") {
  console.error(`usage: node scripts/test.mjs fast|all [VITEST ARGUMENTS], not "${which ?? ""}"`);
  process.exit(2);
}

requireNode();
ensureInstalled();
ensureBuilt();

const readReport = (path) => JSON.parse(readFileSync(path, "utf8"));
const earlier = which === "all" ? process.env.UTXORACLE_PASSED : undefined;
const passed = earlier ? passedFiles(readReport(earlier)) : [];
const results = join(root, ".test-results", "vitest.json");
mkdirSync(join(root, ".test-results"), { recursive: true });
rmSync(results, { force: true });
const run = spawnSync(
  process.execPath,
  [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
    ...passed.map(({ file }) => `--exclude=${file}`),
    // Fast tests share their workers' modules, which halves the time; slow ones measure memory.
    ...(which === "fast" ? ["--no-isolate", "--exclude=**/*.slow.test.ts"] : []),
    ...vitestArguments,
  ],
  {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    // Slow tests wait for processes and sockets half of their time.
    env: { ...(which === "all" && { VITEST_MAX_WORKERS: String(availableParallelism() + 1) }), ...process.env },
  },
);
if (!existsSync(results)) {
  console.error("the test run was interrupted");
  process.exit(run.status || 1);
}

const { notes, counts, exitCode } = summarize(readReport(results), {
  root,
  everyTestMustRun: process.env.CI === "true" || process.env.CI === "1",
  // The corpus is not public.
  mayLack: process.env.UTXORACLE_WITHOUT_CORPUS === "true" ? ["corpus"] : [],
  status: run.status ?? 1,
  passedBefore: passed.reduce((sum, { tests }) => sum + tests, 0),
});
for (const note of notes) console.error(note);
console.log(counts);
process.exit(exitCode);
