/** Renders the contracts of packages/models to docs/contracts.md: `pnpm docs:contracts`. */
import { asyncApiDocument, type JsonSchema, jsonSchemas, openApiDocument } from "@utxoracle/models";

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

/** A readable type: `number > 0`, `"ok" | "stale"`, `number or null`, `list of object, at most 500`. */
export function typeInWords(schema: Node): string {
  const alternatives = schema["anyOf"];
  if (Array.isArray(alternatives)) return unionInWords(alternatives.map(asNode));
  if ("const" in schema) return code(JSON.stringify(schema["const"]));
  if (schema["type"] === "array") {
    const { minItems, maxItems } = schema;
    const bounds =
      minItems !== undefined && minItems === maxItems
        ? `, exactly ${minItems}`
        : [
            ...(minItems === undefined ? [] : [`, at least ${minItems}`]),
            ...(maxItems === undefined ? [] : [`, at most ${maxItems}`]),
          ].join("");
    return `list of ${typeInWords(asNode(schema["items"]))}${bounds}`;
  }
  if (schema["patternProperties"] !== undefined) return "object with any keys";
  return `${String(schema["type"] ?? "anything")}${boundsInWords(schema)}`;
}

function unionInWords(alternatives: readonly Node[]): string {
  const isNull = (schema: Node): boolean => schema["type"] === "null";
  const others = [...new Set(alternatives.filter((schema) => !isNull(schema)).map(typeInWords))];
  const text = others.join(" | ");
  return alternatives.some(isNull) ? `${text} or null` : text;
}

function boundsInWords(schema: Node): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, pattern, minLength, maxLength } = schema;
  const low =
    minimum !== undefined ? ` ≥ ${minimum}` : exclusiveMinimum !== undefined ? ` > ${exclusiveMinimum}` : undefined;
  const high =
    maximum !== undefined ? ` ≤ ${maximum}` : exclusiveMaximum !== undefined ? ` < ${exclusiveMaximum}` : undefined;
  const bounds = [low, high].filter((bound) => bound !== undefined).join(" and");
  if (pattern !== undefined) return ` matching ${code(String(pattern))}`;
  if (minLength !== undefined && maxLength !== undefined) return ` of ${minLength} to ${maxLength} characters`;
  if (maxLength !== undefined) return ` of at most ${maxLength} characters`;
  return bounds;
}

/** A table row per field, with nested fields such as `data.stats.total_received`. */
export function fieldRows(schema: Node, path = ""): string[] {
  const properties = schema["properties"];
  if (properties === undefined) return [];
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"].map(String) : []);
  return Object.entries(asNode(properties)).flatMap(([name, value]) => {
    const field = asNode(value);
    const fullName = path === "" ? name : `${path}.${name}`;
    const optional = required.has(name) ? "" : " (optional)";
    const description = meaningOf(field);
    return [
      `| ${code(fullName)}${optional} | ${cell(typeInWords(field))} | ${cell(description)} |`,
      ...inner(field, fullName),
    ];
  });
}

/** A field's description; for a nullable field without one, that of its value. */
function meaningOf(field: Node): string {
  if (field["description"] !== undefined) return String(field["description"]);
  const others = Array.isArray(field["anyOf"])
    ? field["anyOf"].map(asNode).filter((alternative) => alternative["type"] !== "null")
    : [];
  return others.length === 1 ? String(others[0]?.["description"] ?? "") : "";
}

/** The fields of an object, of a list's items, or of a nullable object. */
function inner(field: Node, path: string): string[] {
  if (field["properties"] !== undefined) return fieldRows(field, path);
  if (field["type"] === "array") return inner(asNode(field["items"]), `${path}[]`);
  const objects = Array.isArray(field["anyOf"])
    ? field["anyOf"].map(asNode).filter((alternative) => alternative["properties"] !== undefined)
    : [];
  return objects.length === 1 ? fieldRows(objects[0] as Node, path) : [];
}

function contractSection(name: string, schema: JsonSchema): string {
  const title = contractTitle(name);
  const description = schema["description"] === undefined ? "" : `${String(schema["description"])}. `;
  const rows = schema["type"] === "array" ? inner(schema, "") : fieldRows(schema);
  const table = rows.length === 0 ? "" : `\n\n| field | type | meaning |\n|---|---|---|\n${rows.join("\n")}`;
  const kind = rows.length === 0 ? `\n\n${typeInWords(schema)}` : "";
  return `### ${title}\n\n${description}JSON Schema: ${code(`/schemas/${name}.json`)}.${kind}${table}\n`;
}

function pathRows(): string[] {
  return Object.entries(openApiDocument({ version: "0.0.0" }).paths).map(([path, { get }]) => {
    const statuses = Object.keys(get.responses).join(", ");
    const content = Object.entries(asNode(asNode(get.responses["200"])["content"])).map(([mediaType, media]) => {
      const reference = asNode(asNode(media)["schema"])["$ref"];
      const title = typeof reference === "string" ? reference.split("/").at(-1) : undefined;
      return title === undefined ? code(mediaType) : `[${title}](#${title.toLowerCase()})`;
    });
    return `| ${code(path)} | ${cell(String(get["summary"]))} | ${content.join(", ")} | ${statuses} |`;
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
  return `<!-- Made by docs/scripts/contracts.ts from packages/models: change the schemas and run \`pnpm docs:contracts\`. -->
# Contracts

What the packages hand to each other and what the service sends. Each is one TypeBox schema in
[\`packages/models\`](../packages/models); the service serves them as JSON Schema 2020-12, as \`/openapi.json\` and as
\`/asyncapi.json\`. Prices are US dollars per bitcoin, times Unix seconds, amounts BTC where the name does not say otherwise.
Unknown fields may come with a newer server; bytes are hex in JSON.

## HTTP

| path | answer | contract | statuses |
|---|---|---|---|
${pathRows().join("\n")}

## The stream

WebSocket at \`/ws/mempool\`, Server-Sent Events at \`/api/v1/stream\`.

| message | what it is |
|---|---|
${messageRows().join("\n")}

## All contracts

${sections.join("\n")}`;
}
