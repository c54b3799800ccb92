import type { TrackRecordResponse } from "@utxoracle/models";
import { toDigits } from "../state/digits.ts";
import type { TrackRow } from "./track-rows.ts";

const TENTHS = 10;
/** The confidence is the probability that the price is off by at most this share. */
const WITHIN = 0.03;

/** How often prices of each tenth of the confidence were right. */
export class ReliabilityTable {
  readonly #rows = Array.from({ length: TENTHS }, () => ({ prices: 0, right: 0, confidence: 0 }));

  add({ confidence, difference }: Pick<TrackRow, "confidence" | "difference">): void {
    const row = this.#rows[Math.min(TENTHS - 1, Math.floor(TENTHS * confidence))];
    if (row === undefined) return;
    row.prices++;
    row.confidence += confidence;
    if (Math.abs(difference) <= WITHIN) row.right++;
  }

  rows(): TrackRecordResponse["reliability"] {
    return this.#rows.map(({ prices, right, confidence }, tenth) => ({
      from: tenth / TENTHS,
      prices,
      within_3_pct: right,
      mean_confidence: prices === 0 ? null : toDigits(confidence / prices, 4),
    }));
  }
}
