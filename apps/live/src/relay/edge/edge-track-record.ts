import type { TrackRecordDays, TrackRecordResponse } from "@utxoracle/models";
import type { AskAnalyzer } from "./ask-analyzer.ts";

/** Time for which a response is reused, seconds. */
const FRESH_SECONDS = 60;
/** Time until a failed request is repeated, seconds. */
const RETRY_SECONDS = 5;

/** The analyzer's track record as clients of an edge get it: requested once for all of them. */
export class EdgeTrackRecord {
  readonly #ask: Pick<AskAnalyzer, "trackRecord">;
  readonly #now: () => number;
  readonly #answers = new Map<
    TrackRecordDays,
    { readonly dueAt: number; readonly answer: Promise<TrackRecordResponse | null> }
  >();

  /** The last answers. */
  readonly #latest = new Map<TrackRecordDays, TrackRecordResponse>();

  /** @param now monotonic clock, seconds. */
  constructor(ask: Pick<AskAnalyzer, "trackRecord">, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  /** Null if the analyzer does not answer. */
  async of(days: TrackRecordDays): Promise<TrackRecordResponse | null> {
    const known = this.#answers.get(days);
    if (known !== undefined && this.#now() < known.dueAt) return await known.answer;
    const answer = this.#ask.trackRecord(days);
    this.#answers.set(days, { dueAt: this.#now() + FRESH_SECONDS, answer });
    const record = await answer;
    if (record === null) {
      this.#answers.set(days, { dueAt: this.#now() + RETRY_SECONDS, answer });
      this.#latest.delete(days);
    } else this.#latest.set(days, record);
    return record;
  }

  /**
   * The last answer, without waiting for a newer one, which is requested if it is due. Null without
   * one.
   */
  latest(days: TrackRecordDays): TrackRecordResponse | null {
    void this.of(days);
    return this.#latest.get(days) ?? null;
  }
}
