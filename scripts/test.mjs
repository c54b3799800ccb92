// `npm test`: installs and builds what is missing, runs every test, and closes with one line of counts. Arguments go to
// vitest (`npm test -- --project models`). A test that is skipped for want of a node, a browser or the corpus is named;
// in CI it fails the run.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { ensureBuilt, ensureInstalled, requireNode, root } from "./workspace.mjs";

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
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: process.env },
);
if (!existsSync(results)) {
  console.error("the tests did not run to their end");
  process.exit(run.status || 1);
}

const report = JSON.parse(readFileSync(results, "utf8"));
const skipped = [];
for (const file of report.testResults)
  for (const test of file.assertionResults)
    if (test.status !== "passed" && test.status !== "failed")
      skipped.push(`${relative(root, file.name)}: ${test.fullName} (${test.status})`);
const suitesBroken = report.testResults.filter(
  (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
);
for (const file of suitesBroken) console.error(`could not be run: ${relative(root, file.name)}`);

// A public CI has node and browsers, but not the corpus: it says so, and what is skipped for it is named and counted only.
const inCi = (process.env.CI === "true" || process.env.CI === "1") && process.env.UTXORACLE_WITHOUT_CORPUS !== "true";
if (skipped.length > 0) {
  console.error(`${skipped.length} test(s) skipped:`);
  for (const line of skipped.slice(0, 50)) console.error(`  ${line}`);
  if (inCi) console.error("in CI every test must run: a skipped test counts as failed");
}
const failed = report.numFailedTests + suitesBroken.length + (inCi ? skipped.length : 0);
const exitCode = failed > 0 ? 1 : report.numPassedTests === 0 ? 1 : run.status;
const skippedPart = !inCi && skipped.length > 0 ? `, ${skipped.length} skipped` : "";
console.log(`${report.numPassedTests} passed, ${exitCode !== 0 && failed === 0 ? 1 : failed} failed${skippedPart}`);
process.exit(exitCode ?? 1);
