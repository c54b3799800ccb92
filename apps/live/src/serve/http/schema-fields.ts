import type { JsonSchema } from "@utxoracle/models";

type Node = { readonly [keyword: string]: unknown };

/** A field of a contract, for documentation. */
export interface SchemaField {
  /** Full path: `data.stats.total_received`, `evidence[].usd`. */
  readonly path: string;
  readonly isOptional: boolean;
  /** Markdown: literal values are in backquotes. */
  readonly type: string;
  readonly meaning: string;
}

/**
 * Lists the fields of a contract in order, including nested fields. Empty for a union or a single
 * value.
 */
export function schemaFields(schema: JsonSchema): SchemaField[] {
  return schema["type"] === "array" ? inner(schema, "") : fieldsOf(schema, "");
}

/**
 * Describes a type: `number > 0`, `"ok" | "stale"`, `number or null`, `list of object, at most
 * 500`.
 */
export function typeInWords(schema: Node): string {
  const alternatives = schema["anyOf"];
  if (Array.isArray(alternatives)) return unionInWords(alternatives.map(asNode));
  if ("const" in schema) return `\`${JSON.stringify(schema["const"])}\``;
  if (schema["type"] === "array") return `list of ${typeInWords(asNode(schema["items"]))}${lengthInWords(schema)}`;
  if (schema["patternProperties"] !== undefined) return "object with any keys";
  return `${String(schema["type"] ?? "anything")}${boundsInWords(schema)}`;
}

const asNode = (value: unknown): Node => (typeof value === "object" && value !== null ? (value as Node) : {});

function lengthInWords({ minItems, maxItems }: Node): string {
  if (minItems !== undefined && minItems === maxItems) return `, exactly ${minItems}`;
  return `${minItems === undefined ? "" : `, at least ${minItems}`}${maxItems === undefined ? "" : `, at most ${maxItems}`}`;
}

function unionInWords(alternatives: readonly Node[]): string {
  const isNull = (schema: Node): boolean => schema["type"] === "null";
  const others = [...new Set(alternatives.filter((schema) => !isNull(schema)).map(typeInWords))];
  const text = others.join(" | ");
  return alternatives.some(isNull) ? `${text} or null` : text;
}

/** A larger maximum only rejects implausible values. It is in the JSON Schema, not in the text. */
const SHOWN_MAXIMUM = 1e9;

function boundsInWords(schema: Node): string {
  const { minimum, exclusiveMinimum, exclusiveMaximum, pattern, minLength, maxLength } = schema;
  const maximum = Number(schema["maximum"]) < SHOWN_MAXIMUM ? schema["maximum"] : undefined;
  const low =
    minimum !== undefined ? ` ≥ ${minimum}` : exclusiveMinimum !== undefined ? ` > ${exclusiveMinimum}` : undefined;
  const high =
    maximum !== undefined ? ` ≤ ${maximum}` : exclusiveMaximum !== undefined ? ` < ${exclusiveMaximum}` : undefined;
  const isRange = minimum !== undefined && maximum !== undefined;
  const bounds = isRange ? ` from ${minimum} to ${maximum}` : [low, high].filter(Boolean).join(" and");
  if (pattern !== undefined) return ` matching \`${String(pattern)}\``;
  if (minLength !== undefined && maxLength !== undefined) return ` of ${minLength} to ${maxLength} characters`;
  if (maxLength !== undefined) return ` of at most ${maxLength} characters`;
  return bounds;
}

function fieldsOf(schema: Node, prefix: string): SchemaField[] {
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"].map(String) : []);
  return Object.entries(asNode(schema["properties"])).flatMap(([name, value]) => {
    const field = asNode(value);
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const own = { path, isOptional: !required.has(name), type: typeInWords(field), meaning: meaningOf(field) };
    return [own, ...inner(field, path)];
  });
}

/** @returns the description of the field, or else of its only alternative to null. */
function meaningOf(field: Node): string {
  if (field["description"] !== undefined) return String(field["description"]);
  const others = alternativesOf(field).filter(({ type }) => type !== "null");
  return others.length === 1 ? String(others[0]?.["description"] ?? "") : "";
}

/** @returns the fields of an object, of the items of a list, or of the only object in a union. */
function inner(field: Node, path: string): SchemaField[] {
  if (field["properties"] !== undefined) return fieldsOf(field, path);
  if (field["type"] === "array") return inner(asNode(field["items"]), `${path}[]`);
  const objects = alternativesOf(field).filter(({ properties }) => properties !== undefined);
  return objects.length === 1 ? fieldsOf(objects[0] as Node, path) : [];
}

const alternativesOf = (field: Node): Node[] => (Array.isArray(field["anyOf"]) ? field["anyOf"].map(asNode) : []);
