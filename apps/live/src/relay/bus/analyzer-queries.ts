import { HISTORY_STEPS, TRACK_RECORD_DAYS } from "@utxoracle/models";
import { budgets } from "../../config/budgets.ts";
import { historyColumns, wholeRange } from "../../serve/http/history.ts";
import type { ServiceState } from "../../state/service-state.ts";
import { packJson } from "./packed-json.ts";

/** Maximum length of a query: a word and two block hashes. */
const QUERY_BYTES_MAX = 200;
/** Below NATS' default limit of a message of 1 MiB, headers included. */
const RESPONSE_BYTES_MAX = 1_000_000;

/** The part of a NATS request that is used. */
export interface QueryRequest {
  readonly data: Uint8Array;
  respond(data: Uint8Array): unknown;
}

/** Query for the points of a block as of a tip. */
export const pointsQuery = (hash: string, tip: string): string => `points ${hash} ${tip}`;
/** Query for the track record of the last days. */
export const trackRecordQuery = (days: number): string => `track-record ${days}`;
/** Query for the whole history of a step. */
export const historyQuery = (step: number): string => `history ${step}`;
/** Query for the kept updates from a number on. */
export const updatesQuery = (from: number): string => `updates ${from}`;

type QueriedState = Pick<ServiceState, "blockPoints" | "history" | "now" | "trackRecord">;

/**
 * Responds to the queries of edges with packed JSON, or without data if there is none. Queries
 * beyond the budget get no data; edges repeat them.
 */
export class AnalyzerQueries {
  readonly #state: QueriedState;
  readonly #updatesFrom: (seq: number) => readonly string[];
  readonly #maxPayload: () => number;
  #pending = 0;

  /**
   * @param updatesFrom the kept updates from a number on, as they were published.
   * @param maxPayload largest message that the server accepts, bytes: the NATS client throws at a
   *   larger one.
   */
  constructor(
    state: QueriedState,
    updatesFrom: (seq: number) => readonly string[],
    maxPayload: () => number = () => RESPONSE_BYTES_MAX,
  ) {
    this.#state = state;
    this.#updatesFrom = updatesFrom;
    this.#maxPayload = maxPayload;
  }

  async respond(request: QueryRequest): Promise<void> {
    if (request.data.byteLength > QUERY_BYTES_MAX || this.#pending >= budgets.natsQueries.count) {
      request.respond(new Uint8Array());
      return;
    }
    this.#pending++;
    try {
      const value = await this.#answer(Buffer.from(request.data).toString("latin1").split(" "));
      const packed = value === null ? new Uint8Array() : await packJson(value);
      const maxBytes = Math.min(RESPONSE_BYTES_MAX, this.#maxPayload());
      request.respond(packed.byteLength > maxBytes ? new Uint8Array() : packed);
    } finally {
      this.#pending--;
    }
  }

  async #answer([what, first = "", second = ""]: readonly string[]): Promise<object | null> {
    if (what === "updates") return this.#updatesFrom(Number(first));
    if (what === "points") return await this.#state.blockPoints(first, second);
    const days = TRACK_RECORD_DAYS.find((each) => what === "track-record" && String(each) === first);
    if (days !== undefined) return await this.#state.trackRecord(days);
    const step = HISTORY_STEPS.find(({ stepSeconds }) => what === "history" && String(stepSeconds) === first);
    if (step === undefined) return null;
    const range = wholeRange(step, this.#state.now());
    return historyColumns(this.#state.history().rows(range), range);
  }
}
