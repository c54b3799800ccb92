import type { PatternWeights } from "../src/posterior/likelihood/pattern-weights.ts";

const SIGNIFICANT_DIGITS = 4;

/** The weights as TypeScript source, with the data they were fitted to. */
export function weightsSource(weights: PatternWeights, days: readonly string[]): string {
  const body = JSON.stringify(weights, (_, value) => (typeof value === "number" ? rounded(value) : value), 2)
    .replaceAll(/"(\w+)":/g, "$1:")
    .replaceAll(/\{\s+usd: ([^\s,]+),\s+excess: ([^\s]+)\s+\}/g, "{ usd: $1, excess: $2 }")
    .replaceAll(/([^\s{[,])\n/g, "$1,\n")
    .replace(/,\n$/, "\n")
    .replace(/,$/, "");
  return `/** Written by fit/posterior.ts: run it again rather than change this. */
import type { PatternWeights } from "./pattern-weights.ts";

/** The days of the corpus that the common amounts, the shape and the interval were fitted to. */
export const FITTED_DAYS: readonly string[] = [
${days.map((day) => `  "${day}",`).join("\n")}
];

export const WEIGHTS: PatternWeights = ${body};
`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
