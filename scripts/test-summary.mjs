import { relative } from "node:path";

/**
 * Prefix of a skipped test's `meta` where `needs` of packages/testkit names the missing
 * requirement.
 */
const MISSING = "missing:";

/**
 * Files of a test run in which every test passed, with their number of tests.
 * @param report Vitest's JSON report
 */
export function passedFiles({ testResults }) {
  return testResults
    .filter((file) => file.status === "passed" && file.assertionResults.every((test) => test.status === "passed"))
    .map((file) => ({ file: file.name, tests: file.assertionResults.length }));
}

/**
 * Summarizes a test run.
 * @param report Vitest's JSON report
 * @param options `root`: the repository; `everyTestMustRun`: count skipped tests as failed;
 *   `mayLack`: requirements whose tests may be skipped anyway; `status`: Vitest's exit code;
 *   `passedBefore`: tests that passed in an earlier run and were left out of this one
 * @returns `{ notes, counts, exitCode }`: notes on tests that did not run, and the line of counts
 */
export function summarize(report, { root, everyTestMustRun, mayLack, status, passedBefore = 0 }) {
  const notes = [];
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: relative(root, file.name) })),
  );
  const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed");
  const missingOf = (test) => Object.keys(test.meta ?? {}).filter((key) => key.startsWith(MISSING));

  const missing = new Map();
  for (const test of skipped)
    for (const key of missingOf(test))
      missing.set(key, { remedy: test.meta[key], count: (missing.get(key)?.count ?? 0) + 1 });
  for (const [key, { remedy, count }] of [...missing].sort(([a], [b]) => (a < b ? -1 : 1)))
    notes.push(`${key.slice(MISSING.length)} missing: ${count} ${count === 1 ? "test" : "tests"} skipped; ${remedy}`);
  for (const test of skipped)
    if (missingOf(test).length === 0) notes.push(`${test.status}: ${test.file}: ${test.fullName}`);

  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  for (const file of broken) notes.push(`could not be run: ${relative(root, file.name)}: ${file.message}`);

  const excused = (test) =>
    missingOf(test).length > 0 && missingOf(test).every((key) => mayLack.includes(key.slice(MISSING.length)));
  const owed = everyTestMustRun ? skipped.filter((test) => !excused(test)).length : 0;
  if (owed > 0) notes.push(`${owed} of the skipped tests count as failed: in CI every test must run`);

  if (passedBefore > 0) notes.push(`${passedBefore} tests passed in the earlier run and were not repeated`);
  const passed = passedBefore + report.numPassedTests;
  const failed = report.numFailedTests + broken.length + owed;
  // Vitest may fail without a failed test (unhandled error), and an empty run has checked nothing.
  const silentFailure = failed === 0 && (status !== 0 || passed === 0);
  if (silentFailure) notes.push(passed === 0 ? "no test ran" : `Vitest exited with ${status}; see its output above`);
  const shownSkips = skipped.length - owed;
  return {
    notes,
    counts: `${passed} passed, ${silentFailure ? 1 : failed} failed${shownSkips > 0 ? `, ${shownSkips} skipped` : ""}`,
    exitCode: failed > 0 || silentFailure ? 1 : 0,
  };
}
