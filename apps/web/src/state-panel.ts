import {
  formatConfidence,
  formatCount,
  formatDistance,
  formatDuration,
  formatRange,
  formatUsd,
  isLoading,
  priceTone,
  type StreamView,
  stateBadges,
  statusTone,
} from "@utxoracle/viz";
import { pageElement } from "./page-element.ts";

const TITLE = "UTXOracle Live";

/** Title of the tab: the price first, because tabs are narrow, always with its qualification. */
export function tabTitle(view: StreamView): string {
  const { live } = view;
  const tone = priceTone(view);
  const price = live?.price == null ? null : formatUsd(live.price);
  const parts: string[] = [];
  if (price !== null) parts.push(tone === "good" ? price : `${tone === "weak" ? "~" : "⚠ "}${price}`);
  if (live?.source === "simulation") parts.push("simulation");
  else if (live?.source === "replay") parts.push("replay");
  if (live?.chain != null && live.chain !== "main") parts.push(live.chain);
  return [...parts, TITLE].join(" · ");
}

/**
 * The average of the last hours' blocks, and the live price's distance from it. The two are
 * independent estimates. Empty until all blocks are loaded.
 */
export function confirmedLine(view: StreamView): string {
  const { live, confirmed } = view;
  const blocks = confirmed?.price ?? null;
  if (blocks === null || isLoading(view)) return "";
  const price = live?.price ?? null;
  const isUncertain = statusTone(confirmed?.status) === "weak";
  const notes = [
    ...(isUncertain ? ["low confidence"] : []),
    ...(price === null || priceTone(view) === "bad" ? [] : [`now ${formatDistance(price, blocks)}`]),
  ];
  const hours = confirmed?.window?.hours ?? 0;
  const name = hours > 0 ? `${Math.round(hours * 10) / 10}-hour average` : "Average";
  return `${name} ${isUncertain ? "~" : ""}${formatUsd(blocks)}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
}

/** Satoshis per bitcoin. */
const SATS = 1e8;

/** `Confidence 97 % · $1 = 880 sats`; for a price that is no longer current, when it was. */
export function confidenceLine(view: StreamView): string {
  const { live } = view;
  if (live?.price == null) return "";
  if (priceTone(view) === "bad") return "The last known price, not the price now";
  const sats = `$1 = ${formatCount(SATS / live.price)} sats`;
  return live.confidence === undefined ? sats : `Confidence ${formatConfidence(live.confidence)} · ${sats}`;
}

/** The page's texts: price, confidence, interval, state, counts. */
export class StatePanel {
  readonly #priceLine = pageElement("price-line");
  readonly #price = pageElement<HTMLDataElement>("price");
  readonly #confidence = pageElement("confidence");
  readonly #interval = pageElement("interval");
  readonly #confirmed = pageElement("confirmed-price");
  readonly #state = pageElement("state");
  readonly #received = pageElement("received");
  readonly #filtered = pageElement("filtered");
  readonly #active = pageElement("active");
  readonly #uptime = pageElement("uptime");
  #badges = "";

  show(view: StreamView): void {
    const { live } = view;
    const price = live?.price ?? null;
    // The error bar of an old price says nothing about now.
    const interval = priceTone(view) === "bad" ? null : (live?.interval ?? null);
    this.#priceLine.dataset["tone"] = priceTone(view);
    this.#price.value = price === null ? "" : String(price);
    setText(this.#price, price === null ? "—" : formatUsd(price));
    setText(this.#confidence, confidenceLine(view));
    setText(this.#interval, interval === null || price === null ? "" : formatRange(price, interval));
    setText(this.#confirmed, confirmedLine(view));
    this.#showCounts(view);
    this.#showBadges(view);
    const title = tabTitle(view);
    if (document.title !== title) document.title = title;
  }

  #showCounts({ live }: StreamView): void {
    const stats = live?.stats;
    if (stats === undefined) return;
    setText(this.#received, `Received: ${formatCount(stats.total_received)}`);
    setText(this.#filtered, `Filtered: ${formatCount(stats.total_filtered)}`);
    setText(this.#active, `Active: ${formatCount(stats.active_in_window)}`);
    setText(this.#uptime, `Uptime: ${formatDuration(stats.uptime_seconds)}`);
  }

  #showBadges(view: StreamView): void {
    const badges = [...stateBadges(view)];
    const key = JSON.stringify(badges);
    if (key === this.#badges) return;
    this.#badges = key;
    this.#state.replaceChildren(
      ...badges.map(({ about, tone, text }) => {
        const item = document.createElement("li");
        item.dataset["about"] = about;
        item.dataset["tone"] = tone;
        item.textContent = text;
        return item;
      }),
    );
    // The list keeps its height, so that nothing below moves. Good news that has no room is not
    // shown; warnings always are.
    this.#state.classList.remove("tall");
    const items = [...this.#state.children] as HTMLElement[];
    const isCut = (item: HTMLElement): boolean =>
      item.offsetTop + item.offsetHeight > this.#state.offsetTop + this.#state.clientHeight + 1;
    if (items.some((item) => item.dataset["tone"] !== "good" && isCut(item))) this.#state.classList.add("tall");
    for (const item of items) item.classList.toggle("cut", isCut(item));
  }
}

/** Sets the text only if it changed, to avoid a layout. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
