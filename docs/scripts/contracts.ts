/** Renders the contracts of packages/models to docs/contracts.md: `pnpm docs:contracts`. */
import { asyncApiDocument, type JsonSchema, jsonSchemas } from "@utxoracle/models";
import { routes } from "../../apps/live/src/serve/http/routes.ts";
import { type SchemaField, schemaFields, typeInWords } from "../../apps/live/src/serve/http/schema-fields.ts";

type Node = { readonly [keyword: string]: unknown };

const asNode = (value: unknown): Node => (typeof value === "object" && value !== null ? (value as Node) : {});
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (text: string): string => `\`${text}\``;

/** `PriceResponse` for `price-response`. */
export function contractTitle(name: string): string {
  return name
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

const withoutTexts = (schema: unknown): string =>
  JSON.stringify(schema, (key, value) =>
    ["$id", "$schema", "title", "description"].includes(key) ? undefined : value,
  );

/** Links to the object contracts by their schema. */
const contractLinks = new Map(
  Object.entries(jsonSchemas())
    .filter(([, schema]) => schema["type"] === "object")
    .map(([name, schema]) => {
      const title = contractTitle(name);
      return [withoutTexts(schema), `[${title}](#${title.toLowerCase()})`];
    }),
);

/** The schema with a link as the type of each part that is a contract of its own. */
function withLinks(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withLinks);
  if (typeof schema !== "object" || schema === null) return schema;
  const link = contractLinks.get(withoutTexts(schema));
  if (link !== undefined) return { type: link, description: asNode(schema)["description"] };
  return mapValues(schema, withLinks);
}

const mapValues = (object: object, change: (value: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** Meanings that the introduction states for the whole page. */
const COMMON_MEANINGS: ReadonlySet<string> = new Set([
  "US dollars per bitcoin",
  "Unix time in seconds, fractions allowed",
  "Fraction from 0 to 1",
  "Height of a block in its chain",
]);

const isInside = (field: SchemaField, parent: SchemaField): boolean =>
  field.path.startsWith(`${parent.path}.`) || field.path.startsWith(`${parent.path}[]`);

/** Refers to an earlier field with the same nested fields instead of repeating them. */
function withoutRepetition(fields: readonly SchemaField[]): SchemaField[] {
  const seen = new Map<string, string>();
  const shown: SchemaField[] = [];
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as SchemaField;
    const nested = fields.slice(index + 1).filter((other) => isInside(other, field));
    const key = JSON.stringify(nested.map((other) => [other.path.slice(field.path.length), other.type, other.meaning]));
    const earlier = nested.length > 1 ? seen.get(key) : undefined;
    if (earlier === undefined) {
      if (nested.length > 1) seen.set(key, field.path);
      shown.push(field);
      continue;
    }
    const meaning = [field.meaning, `Fields as in ${code(earlier)}`].filter((text) => text !== "").join(". ");
    shown.push({ ...field, meaning });
    index += nested.length;
  }
  return shown;
}

const fieldRows = (schema: JsonSchema): string[] =>
  withoutRepetition(schemaFields(mapValues(schema, withLinks) as JsonSchema)).map(
    ({ path, isOptional, type, meaning }) =>
      `| ${code(path)}${isOptional ? " (optional)" : ""} | ${cell(type)} | ${COMMON_MEANINGS.has(meaning) ? "" : cell(meaning)} |`,
  );

function contractSection(name: string, schema: JsonSchema): string {
  const title = contractTitle(name);
  const description = schema["description"] === undefined ? "" : `\n\n${String(schema["description"])}.`;
  const rows = fieldRows(schema);
  const table = rows.length === 0 ? "" : `\n\n| field | type | meaning |\n|---|---|---|\n${rows.join("\n")}`;
  const kind = rows.length === 0 ? `\n\n${typeInWords(mapValues(schema, withLinks) as JsonSchema)}` : "";
  return `### ${title}${description}${kind}${table}\n`;
}

function pathRows(): string[] {
  return routes.map(({ path, summary, responses }) => {
    const success = responses[200]?.content ?? [];
    const content =
      typeof success === "string"
        ? `[${contractTitle(success)}](#${contractTitle(success).toLowerCase()})`
        : success.map(({ mediaType }) => code(mediaType)).join(", ");
    return `| ${code(path)} | ${cell(summary)} | ${content} | ${Object.keys(responses).join(", ")} |`;
  });
}

function messageRows(): string[] {
  const components = asNode(asyncApiDocument({ version: "0.0.0" })["components"]);
  return Object.values(asNode(components["messages"])).map((value) => {
    const message = asNode(value);
    const title = String(asNode(message["payload"])["$ref"]).split("/").at(-1) ?? "";
    return `| [${title}](#${title.toLowerCase()}) | ${cell(String(message["summary"]))} |`;
  });
}

/** The whole page. */
export function contractsPage(): string {
  const sections = Object.entries(jsonSchemas()).map(([name, schema]) => contractSection(name, schema));
  return `<!-- Made by docs/scripts/contracts.ts from packages/models and apps/live/src/serve/http/routes.ts: change those and run \`pnpm docs:contracts\`. -->
# Contracts

The messages of the service and the data between packages. [\`packages/models\`](../packages/models) defines them
as TypeBox schemas. The service serves them as JSON Schema 2020-12 (\`PriceResponse\` at
\`/schemas/price-response.json\`), \`/openapi.json\` and \`/asyncapi.json\`. Unless the name says otherwise, prices are
US dollars per bitcoin, times Unix seconds, and amounts BTC. Bytes are hex in JSON. Newer servers may add fields.

## HTTP

| path | response | contract | statuses |
|---|---|---|---|
${pathRows().join("\n")}

## The stream

WebSocket at \`/ws/mempool\`, Server-Sent Events at \`/api/v1/stream\`.

| message | meaning |
|---|---|
${messageRows().join("\n")}

## All contracts

${sections.join("\n")}`;
}
