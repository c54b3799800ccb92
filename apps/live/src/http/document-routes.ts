import { asyncApiDocument, jsonSchemas, openApiDocument } from "@utxoracle/models";
import { jsonAnswer, type RouteAnswer, type Routes } from "@utxoracle/stream-server";

const SCHEMA_CONTENT_TYPE = "application/schema+json; charset=utf-8";

/** The descriptions of the interface: JSON Schemas, OpenAPI and AsyncAPI, all made from the contracts. */
export function documentRoutes(version: string): Routes {
  const openApi = jsonAnswer(openApiDocument({ version }));
  const asyncApi = jsonAnswer(asyncApiDocument({ version }));
  const routes: Record<string, () => RouteAnswer> = {
    "/openapi.json": () => openApi,
    "/asyncapi.json": () => asyncApi,
  };
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    const answer = { ...jsonAnswer(schema), contentType: SCHEMA_CONTENT_TYPE };
    routes[`/schemas/${name}.json`] = () => answer;
  }
  return routes;
}
