// `npm test` and `npm run test:all`: installs and builds what is missing, runs the tests, and
// prints what was skipped and one line of counts. The first argument is `fast` (without
// `*.slow.test.ts`) or `all`; the others go to Vitest (`npm test -- --project models`).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { summarize } from "./test-summary.mjs";
import { ensureBuilt, ensureInstalled, requireNode, root } from "./workspace.mjs";

const [which, ...vitestArguments] = process.argv.slice(2);
if (which !== "fast" && which !== "all") {
  console.error(`usage: node scripts/test.mjs fast|all [VITEST ARGUMENTS], not "${which ?? ""}"`);
  process.exit(2);
}

requireNode();
ensureInstalled();
ensureBuilt();

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
    ...(which === "fast" ? ["--exclude=**/*.slow.test.ts"] : []),
    ...vitestArguments,
  ],
  { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: process.env },
);
if (!existsSync(results)) {
  console.error("the test run was interrupted");
  process.exit(run.status || 1);
}

const { notes, counts, exitCode } = summarize(JSON.parse(readFileSync(results, "utf8")), {
  root,
  everyTestMustRun: process.env.CI === "true" || process.env.CI === "1",
  // The corpus is not public.
  mayLack: process.env.UTXORACLE_WITHOUT_CORPUS === "true" ? ["corpus"] : [],
  status: run.status ?? 1,
});
for (const note of notes) console.error(note);
console.log(counts);
process.exit(exitCode);
