import type { TSchema } from "@sinclair/typebox";
import { busContracts } from "./bus.ts";
import { checkSchema } from "./check.ts";
import { confirmedContracts } from "./confirmed.ts";
import { confirmedPictureContracts } from "./confirmed-picture.ts";
import { estimateContracts } from "./estimate.ts";
import { evidenceContracts } from "./evidence.ts";
import { historyContracts } from "./history.ts";
import { httpContracts } from "./http.ts";
import { streamContracts } from "./stream.ts";
import { trackRecordContracts } from "./track-record.ts";
import { transactionContracts } from "./transaction.ts";

/** A JSON Schema document (draft 2020-12). */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** The `$schema` of all schemas. */
export const JSON_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** Every contract by its file name, e.g. `mempool-update`. */
export const contractSchemas = {
  ...transactionContracts,
  ...confirmedPictureContracts,
  ...busContracts,
  ...streamContracts,
  ...confirmedContracts,
  ...evidenceContracts,
  ...httpContracts,
  ...historyContracts,
  ...estimateContracts,
  ...trackRecordContracts,
} as const satisfies Record<string, TSchema>;

/** Name of a contract and of its file in `/schemas`. */
export type ContractName = keyof typeof contractSchemas;

/**
 * Converts a schema to plain JSON Schema 2020-12. Bytes become hex strings, since JSON has no
 * bytes.
 *
 * @param schema a TypeBox schema of this package
 */
export function jsonSchemaOf(schema: TSchema): JsonSchema {
  checkSchema(schema);
  return plain(schema) as JsonSchema;
}

/**
 * All contracts as JSON Schema documents by file name without extension; `$id` is `<name>.json`.
 */
export function jsonSchemas(): Record<ContractName, JsonSchema> {
  const documents: { [name: string]: JsonSchema } = {};
  for (const [name, schema] of Object.entries(contractSchemas))
    documents[name] = { $schema: JSON_SCHEMA_DIALECT, $id: `${name}.json`, ...jsonSchemaOf(schema) };
  return documents as Record<ContractName, JsonSchema>;
}

function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node);
  if (entries.some(([key, value]) => key === "type" && value === "Uint8Array")) {
    const description = entries.find(([key]) => key === "description")?.[1];
    return {
      type: "string",
      pattern: "^([0-9a-f]{2})*$",
      description: `${description === undefined ? "Bytes" : String(description)} (hex in JSON)`,
    };
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]));
}
