import { relative } from "node:path";

/** Prefix of a skipped test's `meta` by which packages/testkit (`needs`) names what is missing. */
const MISSING = "missing:";

/**
 * What to say of a test run, and its exit code.
 * @param report Vitest's JSON report
 * @param options `root`: the repository; `everyTestMustRun`: a skipped test counts as failed; `mayLack`: names of missing
 *   things for which a test may be skipped all the same; `status`: exit code of Vitest
 * @returns `{ notes, counts, exitCode }`: lines on what did not run, the line of counts
 */
export function summarize(report, { root, everyTestMustRun, mayLack, status }) {
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

  const passed = report.numPassedTests;
  const failed = report.numFailedTests + broken.length + owed;
  // Vitest may fail without a failed test, e.g. on an unhandled error; and a run of no test has checked nothing.
  const silentFailure = failed === 0 && (status !== 0 || passed === 0);
  if (silentFailure)
    notes.push(passed === 0 ? "no test ran" : `Vitest ended with ${status}; its output above says why`);
  const shownSkips = skipped.length - owed;
  return {
    notes,
    counts: `${passed} passed, ${silentFailure ? 1 : failed} failed${shownSkips > 0 ? `, ${shownSkips} skipped` : ""}`,
    exitCode: failed > 0 || silentFailure ? 1 : 0,
  };
}
