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
import { budgets } from "../../config/budgets.ts";
import { historyQuery, pointsQuery, trackRecordQuery, updatesQuery } from "../bus/analyzer-queries.ts";
import { BusError } from "../bus/bus-error.ts";
import { unpackJson } from "../bus/packed-json.ts";
import { readDelta } from "./bus-reader.ts";
import type { ReceivedDelta } from "./live-follower.ts";

/** Timeout of a query for updates, ms: the state is read afterwards. */
const UPDATES_TIMEOUT_MS = 1000;

/** A run of an analyzer. */
export interface AskedAnalyzer {
  readonly epoch: string;
  readonly timeoutMs: number;
}

/**
 * Sends a query to an analyzer, by default the one whose updates the edge has.
 * @throws {BusError} without a response.
 */
export type SendQuery = (query: string, to?: AskedAnalyzer) => Promise<Uint8Array>;

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

  /** The analyzer's kept updates from a number on. */
  updates(epoch: string, from: number): Promise<ReceivedDelta[] | null> {
    return this.#ask(updatesQuery(from), checkUpdates, { epoch, timeoutMs: UPDATES_TIMEOUT_MS });
  }

  async #ask<T>(query: string, check: (value: unknown) => T, to?: AskedAnalyzer): Promise<T | null> {
    try {
      const response = await this.#send(query, to);
      return response.byteLength === 0 ? null : check(await unpackJson(response));
    } catch (error) {
      if (error instanceof BusError || error instanceof ContractError) return null;
      throw error;
    }
  }
}

/** Parses updates as they were published. */
function checkUpdates(value: unknown): ReceivedDelta[] {
  if (!Array.isArray(value) || value.length > budgets.natsWaiting.count)
    throw new BusError("invalid_value", "updates: not a list, or too long");
  return value.map((text) => {
    if (typeof text !== "string") throw new BusError("invalid_value", "updates: not texts");
    const bytes = Buffer.from(text);
    if (bytes.byteLength > budgets.natsDelta.bytes) throw new BusError("invalid_value", "updates: one is too large");
    return { update: readDelta(bytes), bytes };
  });
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
