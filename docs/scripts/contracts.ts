/** Renders the contracts of packages/models to docs/contracts.md: `pnpm docs:contracts`. */
import { asyncApiDocument, type JsonSchema, jsonSchemas } from "@utxoracle/models";
import { routes } from "../../apps/live/src/serve/http/routes.ts";
import { schemaFields, typeInWords } from "../../apps/live/src/serve/http/schema-fields.ts";

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

const fieldRows = (schema: JsonSchema): string[] =>
  schemaFields(schema).map(
    ({ path, isOptional, type, meaning }) =>
      `| ${code(path)}${isOptional ? " (optional)" : ""} | ${cell(type)} | ${cell(meaning)} |`,
  );

function contractSection(name: string, schema: JsonSchema): string {
  const title = contractTitle(name);
  const description = schema["description"] === undefined ? "" : `${String(schema["description"])}. `;
  const rows = fieldRows(schema);
  const table = rows.length === 0 ? "" : `\n\n| field | type | meaning |\n|---|---|---|\n${rows.join("\n")}`;
  const kind = rows.length === 0 ? `\n\n${typeInWords(schema)}` : "";
  return `### ${title}\n\n${description}JSON Schema: ${code(`/schemas/${name}.json`)}.${kind}${table}\n`;
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
