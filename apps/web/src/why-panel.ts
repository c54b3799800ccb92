import { formatBtc, formatCount, formatUsd } from "@utxoracle/viz";
import { connectDialog } from "./dialogs.ts";
import { type FetchFailure, fetchJson } from "./fetch-json.ts";
import { codesOf, healthText } from "./health-texts.ts";
import { pageElement } from "./page-element.ts";
import { moveText, readMoves } from "./price-moves.ts";

/** Evidence of one round dollar amount. */
export interface Vote {
  readonly usd: number;
  /** Outputs of this amount at the price. */
  readonly votes: number;
  /** Log-likelihood that they add at the price; negative values are evidence against it. */
  readonly strength: number;
}

/** A response with more amounts is invalid. */
const AMOUNTS_MAX = 200;

/** The votes in a response of `api/v1/evidence`; null if it is invalid. */
export function readEvidence(response: unknown): { price: number | null; votes: Vote[] } | null {
  if (typeof response !== "object" || response === null) return null;
  const { price, evidence } = response as { price?: unknown; evidence?: unknown };
  if (!(price === null || (Number.isFinite(price) && (price as number) > 0)) || !Array.isArray(evidence)) return null;
  if (evidence.length > AMOUNTS_MAX) return null;
  const isVote = (entry: unknown): entry is Vote =>
    typeof entry === "object" &&
    entry !== null &&
    ["usd", "votes", "strength"].every((name) => Number.isFinite((entry as Record<string, unknown>)[name]));
  return evidence.every(isVote) ? { price: price as number | null, votes: evidence } : null;
}

/** Texts for the reasons and notices of `health/ready`, reasons first. */
export function readReasons(response: unknown): string[] {
  if (typeof response !== "object" || response === null) return [];
  const { reasons, notices } = response as { reasons?: unknown; notices?: unknown };
  return [...codesOf(reasons), ...codesOf(notices)].map(healthText);
}

/** Number of amounts in the summary. */
const NAMED = 3;

/**
 * `At $87,321, 12 of 14 round amounts support the price, most of all $50, $100 and $20.`
 * @param isPast whether the price is no longer current.
 */
export function verdictOf(price: number, votes: readonly Vote[], isPast = false): string {
  const strongest = votes.filter(({ strength }) => strength > 0).sort((a, b) => b.strength - a.strength);
  const names = strongest.slice(0, NAMED).map(({ usd }) => `$${formatCount(usd)}`);
  const last = names.pop();
  const most = last === undefined ? "" : `, most of all ${names.length > 0 ? `${names.join(", ")} and ` : ""}${last}`;
  return `At ${formatUsd(price)}, ${strongest.length} of ${votes.length} round amounts ${isPast ? "supported" : "support"} the price${most}.`;
}

const failureTexts = {
  unreachable: "The service is unreachable.",
  timeout: "The service did not respond in time.",
  too_long: "The service's response could not be read.",
} satisfies Record<FetchFailure, string>;

/** The dialog with the round dollar amounts behind the price. Fetches them each time it opens. */
export class WhyPanel {
  readonly #title = pageElement("why-title");
  readonly #button: HTMLElement;
  readonly #state = pageElement("why-state");
  readonly #reasons = pageElement("why-reasons");
  readonly #moves = pageElement("why-moves");
  readonly #table = pageElement<HTMLTableElement>("why-votes");
  readonly #legend = pageElement("why-legend");
  /** Number of requests: the response to an older request is ignored. */
  #requests = 0;

  /** Whether the price is no longer current. */
  #isPast = false;

  constructor(button: HTMLElement) {
    this.#button = button;
    connectDialog("why", button.id, () => void this.#load());
  }

  /** Words the question and the answer for a price that is current or past. */
  setPast(isPast: boolean): void {
    if (isPast === this.#isPast) return;
    this.#isPast = isPast;
    this.#button.textContent = this.#title.textContent = isPast ? "Why was it this price?" : "Why this price?";
  }

  async #load(): Promise<void> {
    const request = ++this.#requests;
    this.#showMessage("Loading…", []);
    const show = await this.#fetch();
    if (request === this.#requests) show();
  }

  /** Fetches the evidence. @returns a function that shows the result */
  async #fetch(): Promise<() => void> {
    const response = await fetchJson("api/v1/evidence");
    if (typeof response === "string") return () => this.#showMessage(failureTexts[response], []);
    const { status, body } = response;
    if (status === 503) return this.#withReasons("There is no evidence at the moment.");
    if (status === 404) return () => this.#showMessage("This service does not publish its evidence.", []);
    if (status !== 200) return () => this.#showMessage(`No evidence: the service responded with status ${status}.`, []);
    const evidence = readEvidence(body);
    if (evidence === null) return () => this.#showMessage("The service's response could not be read.", []);
    const { price, votes } = evidence;
    if (price === null || votes.length === 0) return this.#withReasons("There is no price yet.");
    const { timestamp } = body as { timestamp?: unknown };
    const moves = typeof timestamp === "number" ? readMoves(body) : [];
    const texts = moves.map((move) => moveText(move, price, timestamp as number));
    return () => this.#show(price, votes, texts);
  }

  /**
   * Adds the reasons of `health/ready`: the page's users may not have access to the service's log.
   */
  async #withReasons(text: string): Promise<() => void> {
    // A service that is not ready responds with 503 and its reasons.
    const response = await fetchJson("health/ready");
    const reasons = typeof response === "string" ? [] : readReasons(response.body);
    return () => this.#showMessage(text, reasons);
  }

  #showMessage(text: string, reasons: readonly string[]): void {
    this.#state.textContent = text;
    this.#showTable(false);
    fillList(this.#reasons, reasons);
    fillList(this.#moves, []);
  }

  #show(price: number, votes: Vote[], moves: readonly string[]): void {
    this.#showMessage(verdictOf(price, votes, this.#isPast), []);
    fillList(this.#moves, moves);
    const strongest = Math.max(...votes.map((vote) => Math.abs(vote.strength)), Number.MIN_VALUE);
    const body = this.#table.tBodies[0] as HTMLTableSectionElement;
    body.replaceChildren(
      ...[...votes]
        .sort((a, b) => a.usd - b.usd)
        .map((vote) => {
          const row = document.createElement("tr");
          const amount = document.createElement("th");
          amount.scope = "row";
          amount.textContent = `$${formatCount(vote.usd)}`;
          const bitcoin = document.createElement("td");
          bitcoin.textContent = formatBtc(vote.usd / price).replace(" BTC", "");
          const outputs = document.createElement("td");
          outputs.textContent = formatCount(vote.votes);
          const strength = document.createElement("td");
          const bar = document.createElement("span");
          bar.className = "bar";
          bar.style.width = `calc((100% - 3.5em) * ${Math.abs(vote.strength) / strongest})`;
          if (vote.strength < 0) bar.dataset["against"] = "";
          strength.append(bar, vote.strength.toFixed(1));
          row.append(amount, bitcoin, outputs, strength);
          return row;
        }),
    );
    this.#showTable(true);
  }

  #showTable(shown: boolean): void {
    this.#table.hidden = this.#legend.hidden = !shown;
  }
}

/** A list with these items; hidden if there are none. */
function fillList(list: HTMLElement, texts: readonly string[]): void {
  list.replaceChildren(
    ...texts.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }),
  );
  list.hidden = texts.length === 0;
}
