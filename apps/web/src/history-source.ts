import { type HistoryColumns, readHistory } from "@utxoracle/viz";
import { type FetchFailure, fetchJson, type JsonResponse } from "./fetch-json.ts";

/** A response with all rows of the longest range. */
const ANSWER_BYTES_MAX = 4_000_000;
const TIMEOUT_MS = 20_000;

/** Rows of one step of the service's price history; null if it has none or cannot be read. */
export async function fetchHistory(
  stepSeconds: number,
  fetch: (path: string) => Promise<JsonResponse | FetchFailure> = (path) =>
    fetchJson(path, TIMEOUT_MS, ANSWER_BYTES_MAX),
): Promise<HistoryColumns | null> {
  const response = await fetch(`api/v1/history?step=${stepSeconds}`);
  return typeof response === "string" || response.status !== 200 ? null : readHistory(response.body);
}
