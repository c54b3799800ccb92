import type { ApiMedia, ApiOperation, ApiParameter, ApiResponse } from "@utxoracle/models";
import type { RouteHandler, RouteRequest, RouteResponse, Routes } from "@utxoracle/stream-server";
import type { ServiceState } from "../../state/service-state.ts";
import type { FxSource } from "../fx-rates.ts";

/** Data for the route handlers. */
export interface RouteContext {
  readonly state: ServiceState;
  /** The operator's rates; default: none. */
  readonly fx?: FxSource;
  /** Program version. */
  readonly version: string;
  /** Body of `/metrics` for an `Accept` header. */
  readonly metrics: { scrape(accept?: string): Promise<{ readonly contentType: string; readonly body: string }> };
}

/** An endpoint with its handler and documentation. Supports GET and HEAD. */
export type Route = ApiOperation & {
  /**
   * Whether web pages of other origins may read the response (CORS). Not for `operator` routes,
   * which show internals: any web page can send requests to servers in the visitor's network.
   */
  readonly access: "public" | "operator";
} & Handling;

/** Implementation of a route. */
type Handling =
  | {
      readonly handler: (context: RouteContext, request: RouteRequest) => RouteResponse | Promise<RouteResponse>;
      readonly prepare?: never;
    }
  | {
      /** Creates a handler with state, or one handler for each value of a path parameter. */
      readonly prepare: (context: RouteContext) => RouteHandler | Routes;
      readonly handler?: never;
    }
  | {
      /** Handled by the stream channel, see http-server.ts. */
      readonly isStream: true;
      readonly handler?: never;
      readonly prepare?: never;
    };

const ORIGIN = ["X-Price-Source", "X-Price-Chain"] as const;
const FIRM = [...ORIGIN, "X-Price-Timestamp"] as const;
const RETRY = ["Retry-After"] as const;

/** A 200 response. Its description is the summary of the route. */
export function ok(content: ApiResponse["content"]): { 200: ApiResponse } {
  return { 200: { content } };
}

/** A 200 response with headers for source and chain, for formats without these fields. */
export function okWithOrigin(content: ApiResponse["content"]): { 200: ApiResponse } {
  return { 200: { headers: ORIGIN, content } };
}

/** A 200 response with headers for source, chain and time of a price. */
export function okFirm(content: ApiResponse["content"]): { 200: ApiResponse } {
  return { 200: { headers: FIRM, content } };
}

/** {@link okFirm}, also with the header that marks prices in other currencies. */
export function okConverted(content: ApiResponse["content"]): { 200: ApiResponse } {
  return { 200: { headers: [...FIRM, "X-Price-Fx"], content } };
}

/** A temporary 503 response. */
export function unavailable(description: string, content: ApiResponse["content"] = "error-response"): ApiResponse {
  return { description, headers: RETRY, content };
}

export const badRequest: ApiResponse = { description: "A parameter is malformed", content: "error-response" };

/** 503 of the routes that return only a price. */
export const noPrice: ApiResponse = unavailable("No current price with status ok");

/** Responses of the stream to a client above the limits. */
export const tooManyClients: Readonly<Record<429 | 503, ApiResponse>> = {
  429: { description: "Too many clients from this address", headers: RETRY, content: "error-response" },
  503: unavailable("Too many clients, or the server is shutting down"),
};

/** A body without a contract. */
export function text(mediaType: string, description: string, more: Partial<ApiMedia> = {}): ApiMedia {
  return { mediaType, description, ...more };
}

/** A JSON document with a public schema of its own, e.g. OpenAPI. */
export function jsonDocument(mediaType = "application/json"): readonly ApiMedia[] {
  return [{ mediaType, type: "object" }];
}

export function query(name: string, description: string, schema: object): ApiParameter {
  return { name, in: "query", description, schema };
}
