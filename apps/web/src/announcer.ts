import { formatConfidence, formatUsd, type StreamView, stateBadges } from "@utxoracle/viz";

/** Minimum time between two announcements to screen readers. */
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
  for (const badge of stateBadges(view)) if (badge.tone !== "good") parts.push(badge.text);
  return parts.join(". ");
}

/** Announces the state in a live region, at most every 30 s and only after a change. */
export class Announcer {
  readonly #region: HTMLElement;
  readonly #now: () => number;
  #spokenAt = Number.NEGATIVE_INFINITY;

  constructor(region: HTMLElement, now: () => number = () => performance.now()) {
    this.#region = region;
    this.#now = now;
  }

  update(view: StreamView): void {
    if (this.#now() - this.#spokenAt < PAUSE_MS) return;
    // Announce nothing while connecting: it would delay the first price.
    if (view.live === null && (view.connection === "connecting" || view.connection === "open")) return;
    const text = spokenState(view);
    if (text === "" || text === this.#region.textContent) return;
    this.#region.textContent = text;
    this.#spokenAt = this.#now();
  }
}
