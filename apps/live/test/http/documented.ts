import { openApiDocument } from "@utxoracle/models";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import { routes } from "../../src/serve/http/routes.ts";

const document = openApiDocument({ version: "1.2.3", operations: routes });
const ajv = new Ajv2020({ strict: false });
ajv.addSchema({ ...document, $id: "openapi" });

/** JSON media types. */
const JSON_MEDIA_TYPE = /^application\/(json|schema\+json)$/;

/** Expects status, media type and body as documented by OpenAPI. */
export async function expectAsDocumented(pathAndQuery: string, response: Response): Promise<void> {
  const [path = ""] = pathAndQuery.split("?");
  const template = path
    .replace(/^\/schemas\/[a-z-]+\.json$/, "/schemas/{name}.json")
    .replace(/^\/api\/v1\/blocks\/[^/]+\/points$/, "/api/v1/blocks/{hash}/points");
  const described = document.paths[template]?.get.responses[String(response.status)];
  expect(described, `${path}: status ${response.status} is not in the document`).toBeDefined();
  const [mediaType = ""] = (response.headers.get("content-type") ?? "").split(";");
  const content = described?.content as Record<string, unknown>;
  expect(Object.keys(content), `${path}: media type`).toContain(mediaType);
  const text = await response.text();
  const body: unknown = JSON_MEDIA_TYPE.test(mediaType) ? JSON.parse(text) : text;
  const pointer = ["paths", template, "get", "responses", String(response.status), "content", mediaType, "schema"]
    .map((part) => encodeURIComponent(part.replaceAll("/", "~1")))
    .join("/");
  const validate = ajv.getSchema(`openapi#/${pointer}`);
  expect(validate, `openapi#/${pointer}`).toBeDefined();
  expect(validate?.(body), `${path}: ${ajv.errorsText(validate?.errors)}`).toBe(true);
}
