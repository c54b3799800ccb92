import { describePoint, type FocusedPoint } from "@utxoracle/viz";
import { pageElement } from "./page-element.ts";
import { saveChoice, savedChoice } from "./saved-choice.ts";
import { copyText } from "./share-panel.ts";

const KEY = "utxoracle-explorer";

/**
 * The address of a transaction at a block explorer; null if the user named none or no web address.
 */
export function explorerAddress(prefix: string, txid: string | null): string | null {
  if (txid === null || !URL.canParse(prefix) || !/^https?:\/\//.test(prefix)) return null;
  return `${prefix.replace(/\/+$/, "")}/${txid}`;
}

/** The point that the user clicked: it stays readable after it left the chart. */
export class PinnedPoint {
  readonly #panel = pageElement("pinned");
  readonly #facts = pageElement("pinned-facts");
  readonly #copy = pageElement("pinned-copy");
  readonly #link = pageElement<HTMLAnchorElement>("pinned-link");
  readonly #explorer = pageElement<HTMLInputElement>("explorer");
  #point: FocusedPoint | null = null;

  constructor() {
    this.#explorer.value = savedChoice(KEY) ?? "";
    this.#explorer.addEventListener("change", () => {
      saveChoice(KEY, this.#explorer.value);
      this.#showLink();
    });
    pageElement("pinned-close").addEventListener("click", () => this.show(null));
    this.#copy.addEventListener("click", async () => {
      const isCopied = await copyText(null, this.#point?.txid ?? "");
      this.#copy.textContent = isCopied ? "Copied" : "Select the id and copy it";
    });
  }

  show(point: FocusedPoint | null): void {
    this.#point = point;
    this.#panel.hidden = point === null;
    if (point === null) return;
    this.#facts.replaceChildren(
      ...describePoint(point).flatMap(([name, value]) => {
        const term = document.createElement("dt");
        term.textContent = name;
        const fact = document.createElement("dd");
        fact.textContent = value;
        return [term, fact];
      }),
    );
    this.#copy.textContent = "Copy txid";
    this.#copy.hidden = point.txid === null;
    this.#showLink();
  }

  #showLink(): void {
    const address = explorerAddress(this.#explorer.value, this.#point?.txid ?? null);
    this.#link.hidden = address === null;
    if (address !== null) this.#link.href = address;
  }
}
