import { componentSchemas, documentInfo } from "./component-schemas.ts";
import { type ContractName, JSON_SCHEMA_DIALECT, jsonSchemaOf } from "./json-schema.ts";
import { SourceSchema } from "./stream.ts";

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = {
  readonly openapi: string;
  readonly info: { readonly [field: string]: unknown };
  readonly paths: { readonly [path: string]: { readonly get: OpenApiOperation } };
  readonly [field: string]: unknown;
};

/** A GET operation and its responses. */
export interface OpenApiOperation {
  readonly operationId: string;
  readonly responses: {
    readonly [status: string]: { readonly description: string; readonly headers?: object; readonly content: object };
  };
  readonly [field: string]: unknown;
}

const contracts = [
  "confirmed-response",
  "error-response",
  "evidence-response",
  "health-response",
  "historical-price-response",
  "price-response",
  "prices-response",
  "rates-response",
  "rates-data-response",
  "server-message",
  "umbrel-widget-response",
] as const satisfies readonly ContractName[];

const { schemas, reference } = componentSchemas(contracts);

const json = (name: (typeof contracts)[number]): object => ({ "application/json": { schema: reference(name) } });
const text = (mediaType: string, description: string, schema: object = {}): object => ({
  [mediaType]: { schema: { type: "string", description, ...schema } },
});

const retryAfter = {
  "Retry-After": { description: "Seconds to wait before the next request", schema: { type: "integer", minimum: 1 } },
};
const noPrice = {
  description: "There is no current price with status ok",
  headers: retryAfter,
  content: json("error-response"),
};
/** Headers, because the formats of other services have no field for these. */
const originHeaders = {
  "X-Price-Source": { description: "Source of the transactions", schema: jsonSchemaOf(SourceSchema) },
  "X-Price-Chain": { description: "The node's chain, or `unknown`", schema: { type: "string" } },
};
const firmPriceHeaders = {
  ...originHeaders,
  "X-Price-Timestamp": {
    description: "Unix time in seconds at which the newest payment behind the price arrived",
    schema: { type: "number" },
  },
};
const tooManyClients = {
  "429": { description: "Too many clients from this address", headers: retryAfter, content: json("error-response") },
  "503": {
    description: "Too many clients, or the server is shutting down",
    headers: retryAfter,
    content: json("error-response"),
  },
};
const badRequest = { description: "A parameter is malformed", content: json("error-response") };
const currencyPairs = {
  name: "currencyPairs",
  in: "query",
  description: "Comma-separated pairs, e.g. BTC_USD, the only pair with a rate",
  schema: { type: "string", default: "BTC_USD" },
};

function get(
  operationId: string,
  summary: string,
  success: object,
  more: {
    readonly parameters?: readonly object[];

    readonly headers?: object;
    readonly responses?: OpenApiOperation["responses"];
  } = {},
): { get: OpenApiOperation } {
  const { parameters, headers, responses } = more;
  const response = { description: summary, ...(headers && { headers }), content: success };
  return {
    get: { operationId, summary, ...(parameters && { parameters }), responses: { "200": response, ...responses } },
  };
}

const paths: OpenApiDocument["paths"] = {
  "/api/v1/price": get("price", "The price with its interval, confidence and age", json("price-response"), {
    responses: {
      "503": { description: "The service is starting", headers: retryAfter, content: json("error-response") },
    },
  }),
  "/api/v1/stream": get(
    "stream",
    "The messages of the WebSocket as Server-Sent Events",
    text("text/event-stream", "The data of each event is one message", {
      contentMediaType: "application/json",
      contentSchema: reference("server-message"),
    }),
    {
      responses: tooManyClients,
    },
  ),
  "/ws/mempool": {
    get: {
      operationId: "webSocket",
      summary: "The stream over WebSocket. A plain request returns whether a handshake would succeed",
      responses: {
        "403": { description: "Pages from this origin may not connect", content: json("error-response") },
        "426": { description: "A handshake would succeed: connect with a WebSocket", content: json("error-response") },
        ...tooManyClients,
      },
    },
  },
  "/api/v1/prices": get("prices", "The price in mempool.space's format", json("prices-response"), {
    headers: firmPriceHeaders,
    responses: { "503": noPrice },
  }),
  "/api/v1/historical-price": get(
    "historicalPrice",
    "Confirmed prices in mempool.space's format",
    json("historical-price-response"),
    {
      parameters: [
        {
          name: "timestamp",
          in: "query",
          description:
            "Unix time in seconds. Returns the price at that time; if omitted, all saved prices, newest first",
          schema: { type: "number", minimum: 0 },
        },
        {
          name: "currency",
          in: "query",
          description: "Prices exist in USD only",
          schema: { type: "string", default: "USD" },
        },
      ],
      headers: originHeaders,
      responses: { "400": badRequest },
    },
  ),
  "/api/v1/confirmed": get("confirmed", "Prices of confirmed blocks", json("confirmed-response"), {
    headers: originHeaders,
  }),
  "/api/v1/evidence": get("evidence", "The round dollar amounts that support the price", json("evidence-response"), {
    headers: originHeaders,
    responses: {
      "503": { description: "There is no evidence yet", headers: retryAfter, content: json("error-response") },
    },
  }),
  "/api/rates": get("rates", "The rate in BTCPay Server's format", json("rates-response"), {
    parameters: [currencyPairs],
    headers: firmPriceHeaders,
    responses: { "400": badRequest, "503": noPrice },
  }),
  "/rates": get("ratesData", "The rate in BTCPay Server's older format", json("rates-data-response"), {
    parameters: [currencyPairs],
    headers: firmPriceHeaders,
    responses: { "400": badRequest, "503": noPrice },
  }),
  "/api/v1/umbrel-widget": get("umbrelWidget", "The price for umbrelOS' home screen", json("umbrel-widget-response")),
  "/price.txt": get(
    "priceText",
    "The price as a number and a newline",
    text("text/plain", "US dollars per bitcoin", { pattern: "^[0-9]+\\.[0-9]{2}\\n$" }),
    {
      headers: firmPriceHeaders,
      responses: {
        "503": {
          description: "There is no current price",
          headers: retryAfter,
          content: text("text/plain", "The reason as text"),
        },
      },
    },
  ),
  "/health/live": get("live", "Whether the service runs", json("health-response")),
  "/health/ready": get("ready", "Whether the service receives data and has loaded", json("health-response"), {
    responses: {
      "503": { description: "Why the service is not ready", headers: retryAfter, content: json("health-response") },
    },
  }),
  "/metrics": get("metrics", "Metrics for Prometheus", {
    ...text("text/plain", "Prometheus text format"),
    ...text("application/openmetrics-text", "OpenMetrics 1.0, if requested by `Accept`"),
  }),
  "/openapi.json": get("openApi", "This document", { "application/json": { schema: { type: "object" } } }),
  "/asyncapi.json": get("asyncApi", "The description of the stream", {
    "application/json": { schema: { type: "object" } },
  }),
  "/schemas/{name}.json": get(
    "schema",
    "One contract as JSON Schema 2020-12",
    { "application/schema+json": { schema: { type: "object" } } },
    {
      parameters: [
        {
          name: "name",
          in: "path",
          required: true,
          description: "Name of the contract, e.g. price-answer",
          schema: { type: "string", pattern: "^[a-z-]+$" },
        },
      ],
      responses: { "404": { description: "Unknown contract", content: json("error-response") } },
    },
  ),
};

/**
 * The HTTP API as an OpenAPI 3.1 document, generated from the contracts. Paths are relative to the server
 * that serves it.
 *
 * @param options.version version of the service
 */
export function openApiDocument({ version }: { readonly version: string }): OpenApiDocument {
  return {
    openapi: "3.1.0",
    info: documentInfo(version),
    jsonSchemaDialect: JSON_SCHEMA_DIALECT,
    servers: [{ url: "/", description: "The server of this document" }],
    paths,
    components: { schemas },
  };
}
