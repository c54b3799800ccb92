const isSoak = (): boolean => process.env["UTXORACLE_SOAK"] === "true";

/**
 * The cases in the run of `pnpm soak rare-cases`, none in other runs. For a long list of cases that
 * each start a process: every run has one case of each mechanism.
 *
 * @example it.each(["feed", ...inSoak("pauses", "descriptors")])("in %s", …);
 * @example const [RUNS = 100] = inSoak(2000);
 */
export function inSoak<const Case>(...cases: readonly Case[]): readonly Case[] {
  return isSoak() ? cases : [];
}

/** The few cases that a test runs with, or all of them in `pnpm soak rare-cases`. */
export function fewOrAll<T>(few: T, all: T): T {
  return isSoak() ? all : few;
}
