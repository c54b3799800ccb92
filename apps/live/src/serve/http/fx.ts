import type { FxResponse } from "@utxoracle/models";
import type { FxRate } from "../../config/fx-file.ts";
import type { FxSource } from "../fx-rates.ts";

/** Body of `/api/v1/fx`. */
export function fxAnswer(fx: FxSource): FxResponse {
  return {
    source: "operator",
    rates: fx.all().map(({ currency, perUsd, date, isStale }) => ({
      currency,
      per_usd: perUsd,
      date,
      status: isStale ? "stale" : "ok",
    })),
  };
}

/**
 * Marks prices that are converted with an operator's rates, for formats without a field for that.
 */
export function fxHeaders(rates: readonly FxRate[]): Readonly<Record<string, string>> {
  if (rates.length === 0) return {};
  return {
    "X-Price-Fx": `operator; ${rates.map(({ currency, perUsd, date }) => `${currency} ${perUsd} ${date}`).join(", ")}`,
  };
}
