import { HISTORY_STEPS, TRACK_RECORD_DAYS } from "@utxoracle/models";
import { errorResponse, jsonResponse, type RouteHandler, type Routes, withRetryAfter } from "@utxoracle/stream-server";
import { noFx } from "../fx-rates.ts";
import { previewRoute } from "../preview/preview-route.ts";
import { apiPage } from "./api-page.ts";
import { rates, ratesData } from "./btcpay.ts";
import { confirmedAnswer } from "./confirmed-answer.ts";
import { blockPoints, confirmedPoints } from "./confirmed-points.ts";
import { asyncApi, openApi, schemas } from "./documents.ts";
import { fxAnswer } from "./fx.ts";
import { live, ready } from "./health.ts";
import { historyRoute } from "./history.ts";
import { llmsText } from "./llms-text.ts";
import { historicalPrices, priceNumber, prices } from "./mempool-space.ts";
import { noPriceAnswer, noPriceText, RETRY_AFTER_SECONDS } from "./no-price.ts";
import {
  badRequest,
  jsonDocument,
  noPrice,
  ok,
  okConverted,
  okFirm,
  okWithOrigin,
  query,
  type Route,
  type RouteContext,
  text,
  tooManyClients,
  unavailable,
} from "./route.ts";
import { firmPrice, firmPriceHeaders, priceAnswer, withOrigin } from "./shown-price.ts";
import { trackRecordRoute } from "./track-record.ts";
import { umbrelWidget } from "./umbrel-widget.ts";

/** Paths of the stream's channel. */
export const STREAM_PATHS = { webSocketPath: "/ws/mempool", ssePath: "/api/v1/stream" } as const;

const currencyPairs = query("currencyPairs", "Comma-separated pairs, e.g. BTC_USD; others with --fx only", {
  type: "string",
  default: "BTC_USD",
});

const storeId = query("storeId", "Sent by clients of BTCPay Server. Ignored", { type: "string" });
const BLOCK_HASH = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;

/**
 * All endpoints of the HTTP API, except the files of the page. The handlers, `/openapi.json`,
 * `/docs`, `/llms.txt` and the list in docs/contracts.md are generated from this table.
 */
export const routes: readonly Route[] = [
  {
    path: "/api/v1/price",
    access: "public",
    operationId: "price",
    summary: "The price with its interval, confidence and age",
    responses: { ...ok("price-response"), 503: unavailable("The service is starting") },
    handler: ({ state }) => {
      const answer = priceAnswer(state);
      return answer === null ? noPriceAnswer("warming_up") : jsonResponse(answer);
    },
  },
  {
    path: STREAM_PATHS.ssePath,
    access: "public",
    operationId: "stream",
    summary: "The messages of the WebSocket as Server-Sent Events",
    responses: {
      ...ok([text("text/event-stream", "The data of each event is one message", { message: "server-message" })]),
      ...tooManyClients,
    },
    isStream: true,
  },
  {
    path: STREAM_PATHS.webSocketPath,
    access: "public",
    operationId: "webSocket",
    summary: "The stream over WebSocket. A plain request returns whether a handshake would succeed",
    responses: {
      403: { description: "Pages from this origin may not connect", content: "error-response" },
      426: { description: "A handshake would succeed: connect with a WebSocket", content: "error-response" },
      ...tooManyClients,
    },
    isStream: true,
  },
  {
    path: "/api/v1/prices",
    access: "public",
    operationId: "prices",
    summary: "The price in mempool.space's format",
    responses: { ...okConverted("prices-response"), 503: noPrice },
    handler: ({ state, fx }) => prices(state, fx),
  },
  {
    path: "/api/v1/fx",
    access: "public",
    operationId: "fx",
    summary: "The operator's own rates of other currencies (--fx), and which are stale",
    responses: ok("fx-response"),
    handler: ({ fx = noFx }) => jsonResponse(fxAnswer(fx)),
  },
  {
    path: "/api/mempool/price",
    access: "public",
    operationId: "priceNumber",
    summary: "The price as a bare number",
    responses: {
      ...okFirm([text("application/json", "US dollars per bitcoin", { type: "number" })]),
      503: noPrice,
    },
    handler: ({ state }) => priceNumber(state),
  },
  {
    path: "/api/v1/historical-price",
    access: "public",
    operationId: "historicalPrice",
    summary: "Confirmed prices in mempool.space's format",
    parameters: [
      query(
        "timestamp",
        "Unix time in seconds. Returns the price at that time; if omitted, all saved prices, newest first",
        { type: "number", minimum: 0 },
      ),
      query("currency", "Prices exist in USD only", { type: "string", default: "USD" }),
    ],
    responses: { ...okWithOrigin("historical-price-response"), 400: badRequest },
    prepare: ({ state }) => historicalPrices(state),
  },
  {
    path: "/api/v1/confirmed",
    access: "public",
    operationId: "confirmed",
    summary: "Prices of confirmed blocks",
    responses: okWithOrigin("confirmed-response"),
    handler: ({ state }) => withOrigin(state, jsonResponse(confirmedAnswer(state))),
  },
  {
    path: "/api/v1/confirmed/points",
    access: "public",
    operationId: "confirmedPoints",
    summary: "All points of the confirmed window, in columns",
    parameters: [
      query(
        "tip",
        "Hash of the window's newest block, for an immutable response; default: the current one",
        BLOCK_HASH,
      ),
    ],
    responses: {
      ...ok("confirmed-picture"),
      400: badRequest,
      404: { description: "The tip is not one of the last ones", content: "error-response" },
      503: unavailable("There is no confirmed price yet"),
    },
    prepare: ({ state }) => confirmedPoints(state),
  },
  {
    path: "/api/v1/blocks/{hash}/points",
    access: "public",
    operationId: "blockPoints",
    summary: "The points of one block with their payments, in columns",
    parameters: [
      { name: "hash", in: "path", required: true, description: "Hash of the block", schema: BLOCK_HASH },
      query(
        "tip",
        "Tip of the picture that has the block, for an immutable response; default: the current one",
        BLOCK_HASH,
      ),
    ],
    responses: {
      ...ok("block-points-response"),
      400: badRequest,
      404: { description: "The block is not in the confirmed window at that tip", content: "error-response" },
      503: unavailable("Too many requests"),
    },
    prepare: ({ state }) => blockPoints(state),
  },
  {
    path: "/api/v1/history",
    access: "public",
    operationId: "history",
    summary: "The published prices of a range, in columns",
    parameters: [
      query("from", "Start, Unix time in seconds; default: as far back as the step is kept", {
        type: "number",
        minimum: 0,
      }),
      query("to", "End, Unix time in seconds; default: now", { type: "number", minimum: 0 }),
      query("step", "Seconds between two rows: 10 is kept for 3 hours, 60 for 48 hours, 600 for 90 days", {
        type: "integer",
        enum: HISTORY_STEPS.map(({ stepSeconds }) => stepSeconds),
      }),
    ],
    responses: {
      ...ok("history-response"),
      400: badRequest,
      503: unavailable("Too many different ranges are requested"),
    },
    prepare: ({ state }) => historyRoute(state),
  },
  {
    path: "/api/v1/track-record",
    access: "public",
    operationId: "trackRecord",
    summary: "How right the published prices were, in hindsight",
    parameters: [
      query("days", "Length of time until now, days", { type: "integer", enum: [...TRACK_RECORD_DAYS], default: 7 }),
    ],
    responses: {
      ...ok("track-record-response"),
      400: badRequest,
      503: unavailable("At an edge: the analyzer does not answer"),
    },
    prepare: ({ state }) => trackRecordRoute(state),
  },
  {
    path: "/api/v1/evidence",
    access: "public",
    operationId: "evidence",
    summary: "The round dollar amounts that support the price",
    responses: { ...okWithOrigin("evidence-response"), 503: unavailable("No evidence yet") },
    handler: ({ state }) => {
      const evidence = state.evidence();
      return evidence === null
        ? withRetryAfter(errorResponse(503, "no_evidence", "no evidence yet"), RETRY_AFTER_SECONDS)
        : withOrigin(state, jsonResponse(evidence));
    },
  },
  {
    path: "/api/rates",
    access: "public",
    operationId: "rates",
    summary: "The rate in BTCPay Server's format",
    parameters: [currencyPairs, storeId],
    responses: { ...okConverted("rates-response"), 400: badRequest, 503: noPrice },
    handler: ({ state, fx }, request) => rates(state, request, fx),
  },
  {
    path: "/rates",
    access: "public",
    operationId: "ratesData",
    summary: "The rate in BTCPay Server's older format",
    parameters: [currencyPairs],
    responses: { ...okConverted("rates-data-response"), 400: badRequest, 503: noPrice },
    handler: ({ state, fx }, request) => ratesData(state, request, fx),
  },
  {
    path: "/api/v1/umbrel-widget",
    access: "public",
    operationId: "umbrelWidget",
    summary: "The price for umbrelOS' home screen",
    responses: ok("umbrel-widget-response"),
    handler: ({ state }) => jsonResponse(umbrelWidget(state)),
  },
  {
    path: "/price.txt",
    access: "public",
    operationId: "priceText",
    summary: "The price as a number and a newline",
    responses: {
      ...okFirm([text("text/plain", "US dollars per bitcoin", { pattern: "^[0-9]+\\.[0-9]{2}\\n$" })]),
      503: unavailable("There is no current price", [text("text/plain", "The reason as text")]),
    },
    handler: ({ state }) => {
      const firm = firmPrice(state);
      if ("missing" in firm) return noPriceText(firm.missing);
      const body = `${firm.price.toFixed(2)}\n`;
      return { contentType: "text/plain; charset=utf-8", body, headers: firmPriceHeaders(firm) };
    },
  },
  {
    path: "/preview.png",
    access: "public",
    operationId: "previewImage",
    summary: "The price, its range and its line over three hours as an image, for chat apps",
    responses: ok([text("image/png", "1200 × 630 pixels, made at most once a minute")]),
    prepare: ({ state }) => previewRoute(state),
  },
  {
    path: "/health/live",
    access: "operator",
    operationId: "live",
    summary: "Whether the service runs",
    responses: ok("health-response"),
    handler: live,
  },
  {
    path: "/health/ready",
    access: "operator",
    operationId: "ready",
    summary: "Whether the service receives data and has loaded",
    responses: { ...ok("health-response"), 503: unavailable("Why the service is not ready", "health-response") },
    handler: ({ state }) => ready(state),
  },
  {
    path: "/metrics",
    access: "operator",
    operationId: "metrics",
    summary: "Metrics for Prometheus",
    responses: ok([
      text("text/plain", "Prometheus text format"),
      text("application/openmetrics-text", "OpenMetrics 1.0, if requested by `Accept`"),
    ]),
    handler: async ({ metrics }, { headers }) => ({
      ...(await metrics.scrape(headers.accept)),
      headers: { Vary: "Accept" },
    }),
  },
  {
    path: "/openapi.json",
    access: "public",
    operationId: "openApi",
    summary: "This document",
    responses: ok(jsonDocument()),
    prepare: ({ version }) => openApi(version, routes),
  },
  {
    path: "/asyncapi.json",
    access: "public",
    operationId: "asyncApi",
    summary: "The description of the stream",
    responses: ok(jsonDocument()),
    prepare: ({ version }) => asyncApi(version),
  },
  {
    path: "/schemas/{name}.json",
    access: "public",
    operationId: "schema",
    summary: "One contract as JSON Schema 2020-12",
    parameters: [
      {
        name: "name",
        in: "path",
        required: true,
        description: "Name of the contract, e.g. price-response",
        schema: { type: "string", pattern: "^[a-z-]+$" },
      },
    ],
    responses: {
      ...ok(jsonDocument("application/schema+json")),
      404: { description: "Unknown contract", content: "error-response" },
    },
    prepare: schemas,
  },
  {
    path: "/docs",
    access: "public",
    operationId: "apiPage",
    summary: "This API as a page",
    responses: ok([text("text/html", "Every path with its parameters, responses and fields")]),
    prepare: ({ version }) => apiPage(version, routes),
  },
  {
    path: "/llms.txt",
    access: "public",
    operationId: "llmsText",
    summary: "This API in a few lines of Markdown, for language models",
    responses: ok([text("text/plain", "Markdown as in https://llmstxt.org")]),
    prepare: () => llmsText(routes),
  },
];

/** Handlers of all routes with the given access. */
export function handlersOf(access: Route["access"], context: RouteContext): Routes {
  const handlers: Record<string, RouteHandler> = {};
  for (const route of routes) {
    if (route.access !== access) continue;
    if (route.handler !== undefined) {
      const { handler } = route;
      handlers[route.path] = (request) => handler(context, request);
    }
    const prepared = route.prepare?.(context) ?? {};
    Object.assign(handlers, typeof prepared === "function" ? { [route.path]: prepared } : prepared);
  }
  return handlers;
}
