import type { HistoricalPriceResponse, PricesResponse } from "@utxoracle/models";
import {
  encodedResponse,
  errorResponse,
  jsonResponse,
  type RouteHandler,
  type RouteRequest,
  type RouteResponse,
} from "@utxoracle/stream-server";
import type { ConfirmedPrice, ServiceState } from "../../state/service-state.ts";
import { type FxSource, noFx } from "../fx-rates.ts";
import { fxHeaders } from "./fx.ts";
import { noPriceAnswer } from "./no-price.ts";
import { firmPrice, firmPriceHeaders, withOrigin } from "./shown-price.ts";

/** Maximum number of prices in one response: one per block of about ten weeks. */
const HISTORY_MAX = 10_000;

/**
 * The price in mempool.space's format (https://mempool.space/docs/api/rest, "Get Price"), for
 * wallets with a setting for the mempool.space server.
 */
export function prices(state: ServiceState, fx: FxSource = noFx): RouteResponse {
  const firm = firmPrice(state);
  if ("missing" in firm) return noPriceAnswer(firm.missing);
  const rates = fx.current();
  const answer: PricesResponse = {
    time: Math.floor(firm.timestamp),
    USD: Math.round(firm.price),
    ...Object.fromEntries(rates.map(({ currency, perUsd }) => [currency, rounded(firm.price * perUsd)])),
  };
  return { ...jsonResponse(answer), headers: firmPriceHeaders(firm, fxHeaders(rates)) };
}

/** Whole units, as for dollars; three digits of what is worth more than a bitcoin. */
const rounded = (price: number): number => (price >= 100 ? Math.round(price) : Number(price.toPrecision(3)));

/**
 * The price as a bare JSON number: `/api/mempool/price` of Bitcoin Research Kit
 * (https://github.com/bitcoinresearchkit/brk).
 */
export function priceNumber(state: ServiceState): RouteResponse {
  const firm = firmPrice(state);
  if ("missing" in firm) return noPriceAnswer(firm.missing);
  return { ...jsonResponse(Math.round(firm.price * 100) / 100), headers: firmPriceHeaders(firm) };
}

/** Confirmed prices in mempool.space's format (same page, "Get Historical Price"). */
export function historicalPrices(state: ServiceState): RouteHandler {
  const allPrices = new AllPrices();
  return (request) => withOrigin(state, historicalPrice(state, allPrices, request));
}

/** With `timestamp`: the price at that time. Without: all saved prices, newest first. USD only. */
function historicalPrice(state: ServiceState, allPrices: AllPrices, { query }: RouteRequest): RouteResponse {
  const currency = (query.get("currency") ?? "USD").toUpperCase();
  const given = query.get("timestamp");
  if (given !== null && !/^\d{1,12}(\.\d+)?$/.test(given))
    return errorResponse(400, "invalid_timestamp", 'query "timestamp": must be Unix time in seconds');
  if (currency !== "USD") return pricesAnswer([]);
  const held = state.confirmedPrices();
  return given === null ? allPrices.answer(held) : pricesAnswer(lastUntil(held, Number(given)));
}

function pricesAnswer(prices: readonly ConfirmedPrice[]): RouteResponse {
  return jsonResponse({
    prices: prices.map(({ timestamp, price }) => ({ time: Math.floor(timestamp), USD: Math.round(price) })),
    exchangeRates: {},
  } satisfies HistoricalPriceResponse);
}

/** Caches the response with all prices (up to 350 kB) until they change. */
class AllPrices {
  #prices: readonly ConfirmedPrice[] | null = null;
  #answer: RouteResponse = pricesAnswer([]);

  answer(prices: readonly ConfirmedPrice[]): RouteResponse {
    if (prices !== this.#prices) {
      this.#prices = prices;
      this.#answer = encodedResponse(pricesAnswer(prices.slice(-HISTORY_MAX).reverse()));
    }
    return this.#answer;
  }
}

/** @returns the last price at or before the time, as a list of one; an empty list without one. */
function lastUntil(ascending: readonly ConfirmedPrice[], timestamp: number): readonly ConfirmedPrice[] {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle]?.timestamp ?? Number.POSITIVE_INFINITY) <= timestamp) low = middle + 1;
    else high = middle;
  }
  return ascending.slice(Math.max(0, low - 1), low);
}
