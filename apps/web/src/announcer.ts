import { formatConfidence, formatUsd, type StreamView, stateBadges } from "@utxoracle/viz";

/** Minimum time between two announcements of a price to screen readers. */
const PAUSE_MS = 30_000;

/** Text for screen readers: price, interval, confidence, and every warning. */
export function spokenState(view: StreamView): string {
  const { live } = view;
  const parts: string[] = [];
  if (live?.price != null) {
    parts.push(`Price ${formatUsd(live.price)}`);
    if (live.interval != null)
      parts.push(`90 percent interval ${formatUsd(live.interval.low)} to ${formatUsd(live.interval.high)}`);
    if (live.confidence !== undefined) parts.push(`confidence ${formatConfidence(live.confidence)}`);
  } else if (live !== null) parts.push("No price");
  return [...parts, ...warnings(view)].join(". ");
}

function warnings(view: StreamView): string[] {
  return stateBadges(view)
    .filter(({ tone }) => tone !== "good")
    .map(({ text }) => text);
}

/** The state without its numbers: a count or a time that continues is no change of state. */
function stateKey(view: StreamView): string {
  const words = warnings(view).map((text) => text.replace(/\d[\d,:]*/g, "#"));
  return [view.live?.price == null ? "no price" : "price", ...words].join();
}

/** Announces a change of state in a live region at once, and a changed price at most every 30 s. */
export class Announcer {
  readonly #region: HTMLElement;
  readonly #now: () => number;
  #spokenAt = Number.NEGATIVE_INFINITY;
  #state = "";

  constructor(region: HTMLElement, now: () => number = () => performance.now()) {
    this.#region = region;
    this.#now = now;
  }

  update(view: StreamView): void {
    // Announce nothing while connecting: it would delay the first price.
    if (view.live === null && (view.connection === "connecting" || view.connection === "open")) return;
    const state = stateKey(view);
    if (state === this.#state && this.#now() - this.#spokenAt < PAUSE_MS) return;
    this.#state = state;
    const text = spokenState(view);
    if (text === "" || text === this.#region.textContent) return;
    this.#region.textContent = text;
    this.#spokenAt = this.#now();
  }
}
