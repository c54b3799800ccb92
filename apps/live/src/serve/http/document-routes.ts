import { asyncApiDocument, jsonSchemas, openApiDocument } from "@utxoracle/models";
import { encodedAnswer, jsonAnswer, type RouteAnswer, type Routes } from "@utxoracle/stream-server";

const SCHEMA_CONTENT_TYPE = "application/schema+json; charset=utf-8";

/** The descriptions of the interface: JSON Schemas, OpenAPI and AsyncAPI, all made from the contracts. */
export function documentRoutes(version: string): Routes {
  const openApi = encodedAnswer(jsonAnswer(openApiDocument({ version })));
  const asyncApi = encodedAnswer(jsonAnswer(asyncApiDocument({ version })));
  const routes: Record<string, () => RouteAnswer> = {
    "/openapi.json": () => openApi,
    "/asyncapi.json": () => asyncApi,
  };
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    const answer = encodedAnswer({ ...jsonAnswer(schema), contentType: SCHEMA_CONTENT_TYPE });
    routes[`/schemas/${name}.json`] = () => answer;
  }
  return routes;
}
