import type { ApiMedia, ApiOperation, ApiParameter, ApiResponse } from "@utxoracle/models";
import type { RouteAnswer, RouteHandler, RouteRequest, Routes } from "@utxoracle/stream-server";
import type { ServiceState } from "../../state/service-state.ts";

/** What a route's handler answers from. */
export interface RouteContext {
  readonly state: ServiceState;
  /** Version of the program. */
  readonly version: string;
  /** What `/metrics` answers to an `Accept` header. */
  readonly metrics: { scrape(accept?: string): Promise<{ readonly contentType: string; readonly body: string }> };
}

/** One endpoint: what it answers, and what the documents say about it. GET, and HEAD with the same headers. */
export type Route = ApiOperation & {
  /**
   * Whether web pages of other origins may read the answer. `operator` routes show how the service runs, and any page
   * that a person visits can send requests to servers in that person's network.
   */
  readonly access: "public" | "operator";
} & Answering;

/** Who answers a route. */
type Answering =
  | {
      readonly handler: (context: RouteContext, request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>;
      readonly prepare?: never;
    }
  | {
      /** Makes a handler that keeps something between requests, or for a path with a parameter one for each value. */
      readonly prepare: (context: RouteContext) => RouteHandler | Routes;
      readonly handler?: never;
    }
  | {
      /** The stream's channel, see http-server.ts. */
      readonly isStream: true;
      readonly handler?: never;
      readonly prepare?: never;
    };

const ORIGIN = ["X-Price-Source", "X-Price-Chain"] as const;
const FIRM = [...ORIGIN, "X-Price-Timestamp"] as const;
const RETRY = ["Retry-After"] as const;

/** A successful response. The documents describe it by the route's summary. */
export function ok(content: ApiResponse["content"]): { 200: ApiResponse } {
  return { 200: { content } };
}

/** The same in a format without a field for the source of a price: headers have it. */
export function okWithOrigin(content: ApiResponse["content"]): { 200: ApiResponse } {
  return { 200: { headers: ORIGIN, content } };
}

/** The same for a price, whose age is in a header too. */
export function okFirm(content: ApiResponse["content"]): { 200: ApiResponse } {
  return { 200: { headers: FIRM, content } };
}

/** A 503 that a later request may not get. */
export function unavailable(description: string, content: ApiResponse["content"] = "error-response"): ApiResponse {
  return { description, headers: RETRY, content };
}

export const badRequest: ApiResponse = { description: "A parameter is malformed", content: "error-response" };

/** 503 of the routes that answer with nothing but a price. */
export const noPrice: ApiResponse = unavailable("There is no current price with status ok");

/** Responses of the stream's paths to one client too many. */
export const tooManyClients: Readonly<Record<429 | 503, ApiResponse>> = {
  429: { description: "Too many clients from this address", headers: RETRY, content: "error-response" },
  503: unavailable("Too many clients, or the server is shutting down"),
};

/** A body that is not a contract. */
export function text(mediaType: string, description: string, more: Partial<ApiMedia> = {}): ApiMedia {
  return { mediaType, description, ...more };
}

/** A JSON document that has a schema of its own. */
export function jsonDocument(mediaType = "application/json"): readonly ApiMedia[] {
  return [{ mediaType, type: "object" }];
}

export function query(name: string, description: string, schema: object): ApiParameter {
  return { name, in: "query", description, schema };
}
