import { aliasRatio } from "@utxoracle/estimator/accuracy";
import type { TrackIncident } from "@utxoracle/models";
import { toCents } from "../state/digits.ts";
import { type HindsightPrice, KEPT_SECONDS, type PublishedRow } from "./published-row.ts";

/** A price with status `ok` off by more than this share is an incident. */
export const INCIDENT_DIFFERENCE = 0.01;
/** Prices this close in time belong to one incident, seconds. */
const MERGED_SECONDS = 600;
/** Maximum number of incidents; the oldest are forgotten. */
const INCIDENTS_MAX = 1000;

/** The incidents of the last 90 days, in ascending time. */
export class IncidentList {
  #incidents: TrackIncident[] = [];

  get all(): readonly TrackIncident[] {
    return this.#incidents;
  }

  /**
   * Adds a published price that was off. Call it in ascending time.
   * @returns the incident, whether it is new, and incidents that were forgotten.
   */
  add(
    { time, price, low, high, status }: PublishedRow & { readonly price: number },
    hindsight: HindsightPrice,
  ): { readonly incident: TrackIncident; readonly isNew: boolean; readonly forgotten: readonly TrackIncident[] } {
    const differencePct = 100 * (price / hindsight.price - 1);
    const last = this.#incidents.at(-1);
    const continues = last !== undefined && time >= last.from && time - last.to <= MERGED_SECONDS;
    const worst: Omit<TrackIncident, "from" | "to"> = {
      time,
      published: { price, low: low ?? price, high: high ?? price, status },
      restated: {
        price: toCents(hindsight.price),
        low: toCents(hindsight.low),
        high: toCents(hindsight.high),
      },
      difference_pct: Math.round(1e4 * differencePct) / 1e4,
      alias_ratio: aliasRatio(price, hindsight.price),
    };
    if (!continues) {
      const incident = { from: time, to: time, ...worst };
      this.#incidents.push(incident);
      return { incident, isNew: true, forgotten: this.#forget(time) };
    }
    const isWorse = Math.abs(differencePct) > Math.abs(last.difference_pct);
    const incident = { ...last, ...(isWorse ? worst : {}), to: Math.max(last.to, time) };
    this.#incidents[this.#incidents.length - 1] = incident;
    return { incident, isNew: false, forgotten: [] };
  }

  /** Adds saved incidents before those found since the start. */
  load(saved: readonly TrackIncident[]): void {
    const first = this.#incidents[0]?.from ?? Number.POSITIVE_INFINITY;
    this.#incidents = [...saved.filter(({ from }) => from < first), ...this.#incidents].slice(-INCIDENTS_MAX);
  }

  #forget(now: number): TrackIncident[] {
    const kept = this.#incidents.findIndex(({ to }) => to > now - KEPT_SECONDS);
    return this.#incidents.splice(0, Math.max(kept, this.#incidents.length - INCIDENTS_MAX));
  }
}
