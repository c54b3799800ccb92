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

/** What one path answers. */
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
  "Retry-After": { description: "Seconds after which to ask again", schema: { type: "integer", minimum: 1 } },
};
const noPrice = {
  description: "There is no price of now to give without reservations",
  headers: retryAfter,
  content: json("error-response"),
};
/** The shapes of others have no field for this. */
const originHeaders = {
  "X-Price-Source": { description: "Where the transactions come from", schema: jsonSchemaOf(SourceSchema) },
  "X-Price-Chain": { description: "The node's chain, or unknown", schema: { type: "string" } },
};
const firmPriceHeaders = {
  ...originHeaders,
  "X-Price-Timestamp": {
    description: "Unix time in seconds at which the newest payment behind the price arrived",
    schema: { type: "number" },
  },
};
const tooManyClients = {
  "429": { description: "Too many clients of this address", headers: retryAfter, content: json("error-response") },
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
  description: "Pairs such as BTC_USD, separated by commas; pairs other than BTC_USD have no rate here",
  schema: { type: "string", default: "BTC_USD" },
};

function get(
  operationId: string,
  summary: string,
  success: object,
  more: {
    readonly parameters?: readonly object[];
    /** Headers of the answer. */
    readonly headers?: object;
    readonly responses?: OpenApiOperation["responses"];
  } = {},
): { get: OpenApiOperation } {
  const { parameters, headers, responses } = more;
  const answer = { description: summary, ...(headers && { headers }), content: success };
  return {
    get: { operationId, summary, ...(parameters && { parameters }), responses: { "200": answer, ...responses } },
  };
}

const paths: OpenApiDocument["paths"] = {
  "/api/v1/price": get("price", "The price with everything needed to judge it", json("price-response"), {
    responses: {
      "503": { description: "The service has only just started", headers: retryAfter, content: json("error-response") },
    },
  }),
  "/api/v1/stream": get(
    "stream",
    "The messages of the WebSocket as Server-Sent Events",
    text("text/event-stream", "Each event's data is one message", {
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
      summary: "The stream by WebSocket; a plain request is told why a handshake would fail now",
      responses: {
        "403": { description: "Pages of this origin may not connect", content: json("error-response") },
        "426": { description: "A handshake would succeed: connect by WebSocket", content: json("error-response") },
        ...tooManyClients,
      },
    },
  },
  "/api/v1/prices": get("prices", "The price in mempool.space's shape", json("prices-response"), {
    headers: firmPriceHeaders,
    responses: { "503": noPrice },
  }),
  "/api/v1/historical-price": get(
    "historicalPrice",
    "Confirmed prices in mempool.space's shape",
    json("historical-price-response"),
    {
      parameters: [
        {
          name: "timestamp",
          in: "query",
          description: "Unix time in seconds: the price that held then; left out: all prices held, newest first",
          schema: { type: "number", minimum: 0 },
        },
        {
          name: "currency",
          in: "query",
          description: "There are prices in USD only",
          schema: { type: "string", default: "USD" },
        },
      ],
      headers: originHeaders,
      responses: { "400": badRequest },
    },
  ),
  "/api/v1/confirmed": get("confirmed", "The prices of confirmed blocks", json("confirmed-response"), {
    headers: originHeaders,
  }),
  "/api/v1/evidence": get("evidence", "Which round dollar amounts carry the price", json("evidence-response"), {
    headers: originHeaders,
    responses: {
      "503": { description: "There is no evidence yet", headers: retryAfter, content: json("error-response") },
    },
  }),
  "/api/rates": get("rates", "The rate in BTCPay Server's shape", json("rates-response"), {
    parameters: [currencyPairs],
    headers: firmPriceHeaders,
    responses: { "400": badRequest, "503": noPrice },
  }),
  "/rates": get("ratesData", "The rate in BTCPay Server's older shape", json("rates-data-response"), {
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
          description: "There is no price of now",
          headers: retryAfter,
          content: text("text/plain", "Why, in words"),
        },
      },
    },
  ),
  "/health/live": get("live", "Whether the service runs", json("health-response")),
  "/health/ready": get("ready", "Whether the service is fed and loaded", json("health-response"), {
    responses: {
      "503": { description: "What stands in the way", headers: retryAfter, content: json("health-response") },
    },
  }),
  "/metrics": get("metrics", "Metrics for Prometheus", {
    ...text("text/plain", "Prometheus' text format"),
    ...text("application/openmetrics-text", "OpenMetrics 1.0, where `Accept` asks for it"),
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
      responses: { "404": { description: "There is no such contract", content: json("error-response") } },
    },
  ),
};

/**
 * The HTTP interface as an OpenAPI 3.1 document, made from the contracts. Its paths are relative to where it is served.
 * @param options with the `version` of the service.
 */
export function openApiDocument({ version }: { readonly version: string }): OpenApiDocument {
  return {
    openapi: "3.1.0",
    info: documentInfo(version),
    jsonSchemaDialect: JSON_SCHEMA_DIALECT,
    servers: [{ url: "/", description: "Where this document was read" }],
    paths,
    components: { schemas },
  };
}
