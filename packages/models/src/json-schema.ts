import type { TSchema } from "@sinclair/typebox";
import {
  BusClockSchema,
  BusConfirmedStateSchema,
  BusHistoryStateSchema,
  BusLeaseSchema,
  BusLiveStateSchema,
  BusOriginSchema,
} from "./bus.ts";
import { checkSchema } from "./check.ts";
import { BlockPointsResponseSchema, ConfirmedPictureSchema } from "./confirmed-picture.ts";
import { MempoolStateSchema, PriceEstimateSchema, ReferenceEstimateSchema } from "./estimate.ts";
import { HistoryResponseSchema } from "./history.ts";
import {
  ConfirmedResponseSchema,
  ErrorResponseSchema,
  EvidenceResponseSchema,
  FxResponseSchema,
  HealthResponseSchema,
  HistoricalPriceResponseSchema,
  PriceResponseSchema,
  PricesResponseSchema,
  RatesDataResponseSchema,
  RatesResponseSchema,
  UmbrelWidgetResponseSchema,
} from "./http.ts";
import {
  ClientMessageSchema,
  ConfirmedUpdateSchema,
  ErrorMessageSchema,
  MempoolDeltaSchema,
  MempoolSnapshotSchema,
  MempoolUpdateSchema,
  PongMessageSchema,
  PricePointSchema,
  ServerMessageSchema,
} from "./stream.ts";
import { TrackRecordResponseSchema } from "./track-record.ts";
import { BlockSchema, ProcessedTransactionSchema, RawTransactionSchema, TransactionSchema } from "./transaction.ts";

/** A JSON Schema document (draft 2020-12). */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** The `$schema` of all schemas. */
export const JSON_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** Every contract by its file name, e.g. `mempool-update`. */
export const contractSchemas = {
  block: BlockSchema,
  "block-points-response": BlockPointsResponseSchema,
  "bus-clock": BusClockSchema,
  "bus-confirmed-state": BusConfirmedStateSchema,
  "bus-history-state": BusHistoryStateSchema,
  "bus-lease": BusLeaseSchema,
  "bus-live-state": BusLiveStateSchema,
  "bus-origin": BusOriginSchema,
  "client-message": ClientMessageSchema,
  "confirmed-picture": ConfirmedPictureSchema,
  "confirmed-response": ConfirmedResponseSchema,
  "confirmed-update": ConfirmedUpdateSchema,
  "error-response": ErrorResponseSchema,
  "error-message": ErrorMessageSchema,
  "evidence-response": EvidenceResponseSchema,
  "fx-response": FxResponseSchema,
  "health-response": HealthResponseSchema,
  "historical-price-response": HistoricalPriceResponseSchema,
  "history-response": HistoryResponseSchema,
  "mempool-delta": MempoolDeltaSchema,
  "mempool-snapshot": MempoolSnapshotSchema,
  "mempool-state": MempoolStateSchema,
  "mempool-update": MempoolUpdateSchema,
  "pong-message": PongMessageSchema,
  "price-response": PriceResponseSchema,
  "price-estimate": PriceEstimateSchema,
  "price-point": PricePointSchema,
  "prices-response": PricesResponseSchema,
  "processed-transaction": ProcessedTransactionSchema,
  "rates-response": RatesResponseSchema,
  "rates-data-response": RatesDataResponseSchema,
  "raw-transaction": RawTransactionSchema,
  "reference-estimate": ReferenceEstimateSchema,
  "server-message": ServerMessageSchema,
  "track-record-response": TrackRecordResponseSchema,
  transaction: TransactionSchema,
  "umbrel-widget-response": UmbrelWidgetResponseSchema,
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
