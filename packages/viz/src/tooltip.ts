import { checkObject } from "./argument.ts";
import { ENGLISH_LABELS, type Labels } from "./labels.ts";
import { FONT_FAMILY } from "./picture.ts";
import type { FocusedPoint } from "./point-focus.ts";
import { formatBtc, formatCount, formatUsd, formatUtc, formatUtcDate } from "./text-format.ts";
import { parseColor, type Theme } from "./theme.ts";

const GAP_CSS = 14;

/** Properties of a point, one per line. */
export function describePoint(
  point: FocusedPoint,
  labels: Labels = ENGLISH_LABELS,
): readonly (readonly [name: string, value: string])[] {
  checkObject(point, "point", "a point with price, timestamp, amount and txid");
  const facts: [string, string][] = [
    [labels.pointPrice, formatUsd(point.price)],
    [labels.pointTime, `${formatUtcDate(point.timestamp)} ${formatUtc(point.timestamp)}`],
  ];
  if (point.amount !== null)
    facts.push([labels.pointAmount, `${formatBtc(point.amount)} (${formatRoundDollars(point.price * point.amount)})`]);
  if (point.txid !== null) facts.push([labels.pointTxid, point.txid], [labels.pointOutput, String(point.vout)]);
  return facts;
}

/** The round dollar amount of the output, without floating-point noise. */
function formatRoundDollars(usd: number): string {
  return Math.abs(usd - Math.round(usd)) < 0.005 ? `$${formatCount(usd)}` : formatUsd(usd);
}

/**
 * The tooltip of a point. It is an element of the page, not of the picture, so that its text can be
 * read aloud, copied and searched. All content is set as text, never as markup.
 */
export class Tooltip {
  readonly #canvas: HTMLCanvasElement;
  #element: HTMLElement | null = null;
  #shown = "";

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  show(point: FocusedPoint, theme: Theme, labels: Labels): void {
    const element = this.#element ?? this.#create();
    const facts = describePoint(point, labels);
    const text = facts.join("\n");
    if (text !== this.#shown) {
      this.#shown = text;
      element.dataset["side"] = point.side;
      element.replaceChildren(
        ...facts.map(([name, value]) => {
          const line = element.ownerDocument.createElement("div");
          line.textContent = `${name}: ${value}`;
          // Keeps the 64 digits on one line if possible.
          if (value === point.txid) line.style.fontSize = "11px";
          return line;
        }),
      );
      const [red, green, blue] = parseColor(theme.background);
      Object.assign(element.style, {
        background: `rgba(${red}, ${green}, ${blue}, 0.92)`,
        color: theme.text,
        border: `1px solid ${point.side === "confirmed" ? theme.confirmed : theme.mempool}`,
      });
    }
    const box = this.#canvas.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const x = box.left + point.xCss;
    const y = box.top + point.yCss;
    const view = this.#canvas.ownerDocument.documentElement;
    const left = x + GAP_CSS + width < view.clientWidth ? x + GAP_CSS : x - GAP_CSS - width;
    const top = y + GAP_CSS + height < view.clientHeight ? y + GAP_CSS : y - GAP_CSS - height;
    element.style.left = `${Math.max(4, Math.min(left, view.clientWidth - width - 4))}px`;
    element.style.top = `${Math.max(4, top)}px`;
  }

  hide(): void {
    this.#element?.remove();
    this.#element = null;
    this.#shown = "";
  }

  #create(): HTMLElement {
    const element = this.#canvas.ownerDocument.createElement("div");
    element.setAttribute("role", "tooltip");
    Object.assign(element.style, {
      position: "fixed",
      zIndex: "10",
      left: "0",
      top: "0",
      maxWidth: "min(500px, 94vw)",
      padding: "6px 9px",
      font: `12px/1.5 ${FONT_FAMILY}`,
      fontVariantNumeric: "tabular-nums",
      overflowWrap: "anywhere",
      pointerEvents: "none",
    });
    (this.#canvas.parentNode ?? this.#canvas.ownerDocument.body).append(element);
    this.#element = element;
    return element;
  }
}
