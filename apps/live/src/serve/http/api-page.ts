import { type ApiResponse, type ContractName, type JsonSchema, jsonSchemas } from "@utxoracle/models";
import { encodedResponse, type RouteHandler } from "@utxoracle/stream-server";
import { escaped, policyHash } from "../html.ts";
import type { Route } from "./route.ts";
import { schemaFields, typeInWords } from "./schema-fields.ts";

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code{font-family:ui-monospace,monospace;font-size:.9em}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #8886;padding:.25rem .5rem .25rem 0;text-align:left;vertical-align:top}
h3{margin-top:2.5rem}
.wide{overflow-x:auto}`;

/** Allows only the page's own style: no scripts, no other origins. */
const POLICY = [
  "default-src 'none'",
  `style-src ${policyHash(STYLE)}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** `/docs`: the API as one page without scripts. */
export function apiPage(version: string, routes: readonly Route[]): RouteHandler {
  const answer = encodedResponse({
    contentType: "text/html; charset=utf-8",
    body: pageOf(version, routes),
    headers: { "Content-Security-Policy": POLICY, "X-Frame-Options": "DENY" },
  });
  return () => answer;
}

function pageOf(version: string, routes: readonly Route[]): string {
  const contracts = Object.entries(jsonSchemas()) as [ContractName, JsonSchema][];
  const used = new Set(routes.flatMap(({ responses }) => Object.values(responses).flatMap(contractsIn)));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>UTXOracle Live: API</title>
<style>${STYLE}</style>
<h1>UTXOracle Live: API</h1>
<p>Version ${escaped(version)}. Prices are US dollars per bitcoin, times Unix seconds. The same for programs:
<a href="openapi.json">OpenAPI</a>, <a href="asyncapi.json">AsyncAPI</a>, <a href="llms.txt">llms.txt</a>.</p>
<h2>Paths</h2>
${table(["path", "answer"], routes.map(overviewRow))}
${routes.map(routeSection).join("\n")}
<h2>Contracts</h2>
${contracts
  .filter(([name]) => used.has(name))
  .map(([name, schema]) => contractSection(name, schema))
  .join("\n")}
</html>
`;
}

function contractsIn({ content }: ApiResponse): ContractName[] {
  if (typeof content === "string") return [content];
  return content.flatMap(({ message }) => (message === undefined ? [] : [message]));
}

function overviewRow({ path, operationId, summary }: Route): string[] {
  return [`<a href="#${operationId}"><code>${escaped(path)}</code></a>`, markdown(summary)];
}

function routeSection({ path, operationId, summary, parameters = [], responses }: Route): string {
  const link = path.includes("{") || path.startsWith("/ws") ? "" : ` <a href="${path.slice(1)}">open</a>`;
  const rows = parameters.map(({ name, description, schema }) => [
    `<code>${escaped(name)}</code>`,
    markdown(typeInWords(schema as JsonSchema)),
    markdown(description),
  ]);
  return `<h3 id="${operationId}"><code>${escaped(path)}</code></h3>
<p>${markdown(summary)}.${link}</p>
${rows.length === 0 ? "" : table(["parameter", "type", "meaning"], rows)}
${table(
  ["status", "answer", "meaning"],
  Object.entries(responses).map(([status, response]) => [
    status,
    bodyOf(response),
    markdown(response.description ?? summary),
  ]),
)}`;
}

function bodyOf({ content }: ApiResponse): string {
  if (typeof content === "string") return contractLink(content);
  return content
    .map(({ mediaType, message }) => {
      const type = `<code>${escaped(mediaType)}</code>`;
      return message === undefined ? type : `${type} of ${contractLink(message)}`;
    })
    .join(", ");
}

const contractLink = (name: ContractName): string => `<a href="#${name}">${name}</a>`;

function contractSection(name: ContractName, schema: JsonSchema): string {
  const rows = schemaFields(schema).map(({ path, isOptional, type, meaning }) => [
    `<code>${escaped(path)}</code>${isOptional ? " (optional)" : ""}`,
    markdown(type),
    markdown(meaning),
  ]);
  return `<h3 id="${name}">${name}</h3>
<p>${markdown(String(schema["description"] ?? ""))}. <a href="schemas/${name}.json">JSON Schema</a></p>
${rows.length === 0 ? `<p>${markdown(typeInWords(schema))}</p>` : table(["field", "type", "meaning"], rows)}`;
}

/** @param rows cells in HTML. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: "th" | "td"): string =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}`).join("")}`;
  return `<div class="wide"><table>\n${[line(heads, "th"), ...rows.map((row) => line(row, "td"))].join("\n")}\n</table></div>`;
}

/** Converts text with code in backquotes to HTML. */
function markdown(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}
