import {
  type BlockPointsResponse,
  ContractError,
  checkBlockPointsResponse,
  checkHistoryResponse,
  checkTrackRecordResponse,
  type HistoryResponse,
  type HistoryStep,
  type TrackRecordDays,
  type TrackRecordResponse,
} from "@utxoracle/models";
import { historyQuery, pointsQuery, trackRecordQuery } from "../bus/analyzer-queries.ts";
import { BusError } from "../bus/bus-error.ts";
import { unpackJson } from "../bus/packed-json.ts";

/** Sends a query to the analyzer that the edge follows. @throws {BusError} without a response. */
export type SendQuery = (query: string) => Promise<Uint8Array>;

/** Queries to the analyzer. Without a valid response the result is null. */
export class AskAnalyzer {
  readonly #send: SendQuery;

  constructor(send: SendQuery) {
    this.#send = send;
  }

  blockPoints(hash: string, tip: string): Promise<BlockPointsResponse | null> {
    return this.#ask(pointsQuery(hash, tip), checkBlockPointsResponse);
  }

  history(step: HistoryStep): Promise<HistoryResponse | null> {
    return this.#ask(historyQuery(step), (value) => checkColumns(checkHistoryResponse(value), step));
  }

  trackRecord(days: TrackRecordDays): Promise<TrackRecordResponse | null> {
    return this.#ask(trackRecordQuery(days), checkTrackRecordResponse);
  }

  async #ask<T>(query: string, check: (value: unknown) => T): Promise<T | null> {
    try {
      const response = await this.#send(query);
      return response.byteLength === 0 ? null : check(await unpackJson(response));
    } catch (error) {
      if (error instanceof BusError || error instanceof ContractError) return null;
      throw error;
    }
  }
}

/**
 * Checks that the schema cannot express: columns of equal length, ascending times of whole 10
 * seconds.
 */
function checkColumns(columns: HistoryResponse, step: HistoryStep): HistoryResponse {
  const { time, price, low, high, status } = columns;
  const isWhole = [price, low, high, status].every(({ length }) => length === time.length);
  const isAscending = time.every((each, index) => each > (time[index - 1] ?? -1));
  if (columns.step !== step || !isWhole || !isAscending)
    throw new BusError("invalid_value", "HistoryResponse: columns of unequal length, or times not ascending");
  return columns;
}
