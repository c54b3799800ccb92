import { asyncApiDocument, jsonSchemas, openApiDocument } from "@utxoracle/models";
import { encodedResponse, jsonResponse, type RouteHandler, type Routes } from "@utxoracle/stream-server";
import type { Route } from "./route.ts";

const SCHEMA_CONTENT_TYPE = "application/schema+json; charset=utf-8";

/** `/openapi.json` */
export function openApi(version: string, operations: readonly Route[]): RouteHandler {
  const answer = encodedResponse(jsonResponse(openApiDocument({ version, operations })));
  return () => answer;
}

export function asyncApi(version: string): RouteHandler {
  const answer = encodedResponse(jsonResponse(asyncApiDocument({ version })));
  return () => answer;
}

/** `/schemas/{name}.json`: one path for each contract. */
export function schemas(): Routes {
  const handlers: Record<string, RouteHandler> = {};
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    const answer = encodedResponse({ ...jsonResponse(schema), contentType: SCHEMA_CONTENT_TYPE });
    handlers[`/schemas/${name}.json`] = () => answer;
  }
  return handlers;
}
