import { type Answer, isRight } from "./answers.ts";

/** Counts of answers. */
export interface BlockFigures {
  readonly draws: number;
  /** Within 3 % of the price, whatever their status. */
  readonly right: number;
  readonly ok: number;
  readonly ok_wrong: number;
  /**
   * Per tenth of the confidence, from [0, 0.1): answers with a price, and how many of them are
   * right.
   */
  readonly confidence: readonly { readonly answers: number; readonly right: number }[];
}

export function blockFigures(answers: readonly Answer[]): BlockFigures {
  const ok = answers.filter(({ estimate }) => estimate.status === "ok");
  const priced = answers.filter(({ estimate }) => estimate.price !== null);
  return {
    draws: answers.length,
    right: answers.filter(isRight).length,
    ok: ok.length,
    ok_wrong: ok.filter((answer) => !isRight(answer)).length,
    confidence: Array.from({ length: 10 }, (_, tenth) => {
      const within = priced.filter(({ estimate }) => Math.min(9, Math.floor(10 * estimate.confidence)) === tenth);
      return { answers: within.length, right: within.filter(isRight).length };
    }),
  };
}
