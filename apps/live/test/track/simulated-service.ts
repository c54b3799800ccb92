import type { EstimateStatus } from "@utxoracle/models";
import { pino } from "pino";
import { hindsightPrices } from "../../src/confirmed/hindsight-prices.ts";
import { LiveWindow } from "../../src/ingest/live-window.ts";
import { judgeSlots } from "../../src/track/judge-slots.ts";
import { RECORD_SECONDS } from "../../src/track/published-row.ts";
import { TrackRecord } from "../../src/track/track-record.ts";
import { tick } from "../http/test-state.ts";
import { type MarketOptions, simulatedPayments } from "./simulated-payments.ts";

export const WINDOW_SECONDS = 10_800;

/** A row of the record with the true price. */
export interface KnownRow {
  readonly time: number;
  readonly price: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly status: EstimateStatus;
  readonly truthUsd: number;
}

/** Window, record and hindsight as in the service, fed by a simulated market with a given clock. */
export class SimulatedService {
  readonly window = new LiveWindow({ windowSeconds: WINDOW_SECONDS, engine: "posterior" });
  readonly incidents: string[] = [];
  readonly record: TrackRecord;
  readonly known: KnownRow[] = [];
  /** Hindsight price over true price less 1, by the time of the record. */
  readonly hindsightErrors = new Map<number, number>();
  now: number;
  readonly #market: MarketOptions;
  readonly #payments: Iterator<readonly [rawBytes: Uint8Array, timestamp: number]>;
  #next: readonly [Uint8Array, number] | null;

  constructor(market: MarketOptions, record?: TrackRecord) {
    this.#market = market;
    this.now = market.startSeconds;
    this.#payments = simulatedPayments(market)[Symbol.iterator]();
    this.#next = this.#payments.next().value ?? null;
    this.record =
      record ?? new TrackRecord({ log: pino({ level: "silent" }), onIncident: (kind) => this.incidents.push(kind) });
  }

  /**
   * Runs until a time: payments arrive, a price is published and recorded every step, slots are
   * judged.
   */
  async runUntil(end: number, { feedLost = false, stepSeconds = RECORD_SECONDS } = {}): Promise<void> {
    for (; this.now < end; this.now += stepSeconds) {
      for (; this.#next !== null && this.#next[1] <= this.now; this.#next = this.#payments.next().value ?? null)
        if (!feedLost) this.window.transaction(this.#next[0], this.#next[1]);
      this.#publish(feedLost);
      await this.judge();
    }
  }

  async judge(): Promise<void> {
    await judgeSlots({
      record: this.record,
      window: this.window,
      windowSeconds: WINDOW_SECONDS,
      hindsight: async (request) => {
        const found = hindsightPrices(request);
        request.times.forEach((time, index) => {
          const price = found.prices[index] as number;
          if (!Number.isNaN(price)) this.hindsightErrors.set(time, price / this.#market.priceAt(time) - 1);
        });
        return found;
      },
      now: () => this.now,
      log: pino({ level: "silent" }),
    });
  }

  #publish(feedLost: boolean): void {
    const { price, interval, confidence, status } = this.window.analyzer.estimatePrice(this.now);
    const shown: EstimateStatus = feedLost ? "stale" : status;
    this.record.record(tick({ timestamp: this.now, price, interval, confidence, status: shown }));
    this.known.push({
      time: this.now,
      price,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      status: shown,
      truthUsd: this.#market.priceAt(this.now),
    });
  }
}
