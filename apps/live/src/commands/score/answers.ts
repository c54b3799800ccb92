import type { PriceEstimate } from "@utxoracle/models";

/** The price of one moment, as it was published or computed. */
export interface Answer {
  /** Unix seconds. */
  readonly time: number;
  readonly estimate: PriceEstimate;
}

/** Prices to compare with the operator's. */
export interface AnswerSource {
  /** What the prices are, for the head of the table. */
  readonly title: string;
  /** The time that it covers, Unix seconds; empty if it has no price. */
  readonly span: { readonly from: number; readonly to: number } | null;
  /** The answers at moments in ascending order, one for each, or none where it has none. */
  answers(times: readonly number[]): AsyncIterable<Answer>;
}
