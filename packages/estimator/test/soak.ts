/**
 * Takes the few cases that a test runs with, or all of them in `pnpm soak estimator-samples`.
 */
export function fewOrAll<T>(few: T, all: T): T {
  return process.env["UTXORACLE_SOAK"] === "true" ? all : few;
}
