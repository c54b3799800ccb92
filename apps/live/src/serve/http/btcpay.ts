import type { RatesDataResponse, RatesResponse } from "@utxoracle/models";
import { errorResponse, jsonResponse, type RouteRequest, type RouteResponse } from "@utxoracle/stream-server";
import type { ServiceState } from "../../state/service-state.ts";
import { type FxSource, noFx } from "../fx-rates.ts";
import { fxHeaders } from "./fx.ts";
import { noPriceAnswer } from "./no-price.ts";
import { firmPrice, firmPriceHeaders } from "./shown-price.ts";

/** `BTC_USD` or `BTCUSD`: BTCPay Server accepts both. */
const CURRENCY_PAIR = /^([A-Z0-9]{2,6})_([A-Z0-9]{2,6})$|^([A-Z]{3})([A-Z]{3})$/;

/**
 * The rate in BTCPay Server's format (https://docs.btcpayserver.org, "Rates"). Ignores `storeId`.
 */
export function rates(state: ServiceState, request: RouteRequest, fx: FxSource = noFx): RouteResponse {
  return ratesAs(state, request, fx, (list) => list);
}

/** The rate in the older, BitPay-like format: the list is in `data`. */
export function ratesData(state: ServiceState, request: RouteRequest, fx: FxSource = noFx): RouteResponse {
  return ratesAs(state, request, fx, (list) => ({ data: list }) satisfies RatesDataResponse);
}

function ratesAs(
  state: ServiceState,
  { query }: RouteRequest,
  fx: FxSource,
  shape: (list: RatesResponse) => unknown,
): RouteResponse {
  const pairs = (query.get("currencyPairs") ?? "BTC_USD").split(",").map((pair) => pair.trim().toUpperCase());
  const malformed = pairs.find((pair) => !CURRENCY_PAIR.test(pair));
  if (malformed !== undefined)
    return errorResponse(
      400,
      "invalid_currency_pair",
      `currency pair "${malformed.slice(0, 20)}": must be like BTC_USD`,
    );
  const asked = (code: string): boolean => pairs.some((pair) => pair === `BTC_${code}` || pair === `BTC${code}`);
  const converted = fx.current().filter(({ currency }) => asked(currency));
  if (!asked("USD") && converted.length === 0) return jsonResponse(shape([]));
  const firm = firmPrice(state);
  if ("missing" in firm) return noPriceAnswer(firm.missing);
  const rateOf = (name: string, code: string, perUsd: number): RatesResponse[number] => ({
    name,
    cryptoCode: "BTC",
    currencyPair: `BTC_${code}`,
    code,
    rate: Math.round(firm.price * perUsd * 100) / 100,
  });
  const list: RatesResponse = [
    ...(asked("USD") ? [rateOf("US Dollar", "USD", 1)] : []),
    ...converted.map(({ currency, perUsd, date }) =>
      rateOf(`${currency}, operator's rate of ${date}`, currency, perUsd),
    ),
  ];
  return { ...jsonResponse(shape(list)), headers: firmPriceHeaders(firm, fxHeaders(converted)) };
}
