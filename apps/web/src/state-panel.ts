import {
  countsLine,
  formatConfidence,
  formatDistance,
  formatUsd,
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
 * The confirmed price, and the live price's distance from it. The two are independent estimates.
 */
export function confirmedLine({ live, confirmed }: StreamView): string {
  const blocks = confirmed?.price ?? null;
  if (blocks === null) return "";
  const price = live?.price ?? null;
  const isUncertain = statusTone(confirmed?.status) === "weak";
  const notes = [
    ...(isUncertain ? ["low confidence"] : []),
    ...(price === null ? [] : [`live ${formatDistance(price, blocks)}`]),
  ];
  return `Confirmed ${isUncertain ? "~" : ""}${formatUsd(blocks)}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
}

/** The page's texts: price, confidence, interval, state, counts. */
export class StatePanel {
  readonly #priceLine = pageElement("price-line");
  readonly #price = pageElement<HTMLDataElement>("price");
  readonly #confidence = pageElement("confidence");
  readonly #interval = pageElement("interval");
  readonly #confirmed = pageElement("confirmed-price");
  readonly #state = pageElement("state");
  readonly #counts = pageElement("counts");
  #badges = "";

  show(view: StreamView): void {
    const { live } = view;
    const price = live?.price ?? null;
    const interval = live?.interval ?? null;
    this.#priceLine.dataset["tone"] = priceTone(view);
    this.#price.value = price === null ? "" : String(price);
    setText(this.#price, price === null ? "—" : formatUsd(price));
    setText(
      this.#confidence,
      price === null || live?.confidence === undefined ? "" : `Confidence ${formatConfidence(live.confidence)}`,
    );
    setText(this.#interval, interval === null ? "" : `90 %: ${formatUsd(interval.low)} – ${formatUsd(interval.high)}`);
    setText(this.#confirmed, confirmedLine(view));
    this.#showCounts(countsLine(live));
    this.#showBadges(view);
    const title = tabTitle(view);
    if (document.title !== title) document.title = title;
  }

  #showCounts(line: string | null): void {
    if (line === null || line === this.#counts.textContent) return;
    const parts = line.split(/( \| )/).map((text) => {
      const part = document.createElement("span");
      part.textContent = text;
      // On a phone the counts form a grid without separators.
      if (text === " | ") part.className = "stroke";
      return part;
    });
    this.#counts.replaceChildren(...parts);
  }

  #showBadges(view: StreamView): void {
    const badges = stateBadges(view);
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
  }
}

/** Sets the text only if it changed, to avoid a layout. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
