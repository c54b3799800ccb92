import { formatBtc, formatCount, formatUsd } from "@utxoracle/viz";
import { fetchJson, type NoAnswer } from "./fetch-json.ts";
import { healthText } from "./health-texts.ts";
import { pageElement } from "./page-element.ts";

/** What one round dollar amount says of the price. */
export interface Vote {
  readonly usd: number;
  /** Outputs that come to it at the price. */
  readonly votes: number;
  /** Log-likelihood that they add at the price; negative: against it. */
  readonly strength: number;
}

/** More round amounts than this are no answer of the service. */
const AMOUNTS_MAX = 200;

/** The votes in an answer of `api/v1/evidence`; null when it is not one. */
export function readEvidence(answer: unknown): { price: number | null; votes: Vote[] } | null {
  if (typeof answer !== "object" || answer === null) return null;
  const { price, evidence } = answer as { price?: unknown; evidence?: unknown };
  if (!(price === null || (Number.isFinite(price) && (price as number) > 0)) || !Array.isArray(evidence)) return null;
  if (evidence.length > AMOUNTS_MAX) return null;
  const isVote = (entry: unknown): entry is Vote =>
    typeof entry === "object" &&
    entry !== null &&
    ["usd", "votes", "strength"].every((name) => Number.isFinite((entry as Record<string, unknown>)[name]));
  return evidence.every(isVote) ? { price: price as number | null, votes: evidence } : null;
}

/** Why there is no price, in words: reasons and notices in an answer of `health/ready`, reasons first. */
export function readReasons(answer: unknown): string[] {
  if (typeof answer !== "object" || answer === null) return [];
  const { reasons, notices } = answer as { reasons?: unknown; notices?: unknown };
  return [reasons, notices]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((entry: { code?: unknown } | null) => entry?.code)
    .filter((code) => typeof code === "string" && /^\w{1,64}$/.test(code))
    .map((code) => healthText(code as string));
}

/** So many amounts are named as those that carry the price. */
const NAMED = 3;

/** `At $87,321, 12 of 14 round amounts speak for the price, most of all $50, $100 and $20.` */
export function verdictOf(price: number, votes: readonly Vote[]): string {
  const strongest = votes.filter(({ strength }) => strength > 0).sort((a, b) => b.strength - a.strength);
  const names = strongest.slice(0, NAMED).map(({ usd }) => `$${formatCount(usd)}`);
  const last = names.pop();
  const most = last === undefined ? "" : `, most of all ${names.length > 0 ? `${names.join(", ")} and ` : ""}${last}`;
  return `At ${formatUsd(price)}, ${strongest.length} of ${votes.length} round amounts speak for the price${most}.`;
}

const noAnswerTexts = {
  unreachable: "The service could not be reached.",
  timeout: "The service did not answer in time.",
  too_long: "The service's answer could not be read.",
} satisfies Record<NoAnswer, string>;

/** The dialog that shows which round dollar amounts carry the price; asks the service each time it is opened. */
export class WhyPanel {
  readonly #dialog = pageElement<HTMLDialogElement>("why");
  readonly #state = pageElement("why-state");
  readonly #reasons = pageElement("why-reasons");
  readonly #table = pageElement<HTMLTableElement>("why-votes");
  readonly #legend = pageElement("why-legend");
  /** How often it was asked: an answer to an earlier question is not shown. */
  #asked = 0;

  constructor(button: HTMLElement) {
    button.addEventListener("click", () => {
      this.#dialog.showModal();
      void this.#load();
    });
    pageElement("why-close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
  }

  async #load(): Promise<void> {
    const asked = ++this.#asked;
    this.#say("Asking the service…", []);
    const said = await this.#ask();
    if (asked === this.#asked) said();
  }

  /** Asks for the evidence. @returns what shows the answer */
  async #ask(): Promise<() => void> {
    const answer = await fetchJson("api/v1/evidence");
    if (typeof answer === "string") return () => this.#say(noAnswerTexts[answer], []);
    const { status, body } = answer;
    if (status === 503) return this.#withReasons("There is no evidence at the moment.");
    if (status === 404) return () => this.#say("This service does not tell its evidence.", []);
    if (status !== 200) return () => this.#say(`No evidence now: the service answered ${status}.`, []);
    const evidence = readEvidence(body);
    if (evidence === null) return () => this.#say("The service's answer could not be read.", []);
    const { price, votes } = evidence;
    if (price === null || votes.length === 0)
      return this.#withReasons("There is no price yet, so nothing has voted for it.");
    return () => this.#show(price, votes);
  }

  /** What the service waits for is in its log as well, but who looks at the page may never have seen that. */
  async #withReasons(text: string): Promise<() => void> {
    // Not ready is answered with 503, and with the reasons all the same.
    const answer = await fetchJson("health/ready");
    const reasons = typeof answer === "string" ? [] : readReasons(answer.body);
    return () => this.#say(text, reasons);
  }

  #say(text: string, reasons: readonly string[]): void {
    this.#state.textContent = text;
    this.#explained(false);
    this.#reasons.replaceChildren(
      ...reasons.map((reason) => {
        const item = document.createElement("li");
        item.textContent = reason;
        return item;
      }),
    );
    this.#reasons.hidden = reasons.length === 0;
  }

  #show(price: number, votes: Vote[]): void {
    this.#say(verdictOf(price, votes), []);
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
          bar.style.width = `${(60 * Math.abs(vote.strength)) / strongest}%`;
          if (vote.strength < 0) bar.dataset["against"] = "";
          strength.append(bar, vote.strength.toFixed(1));
          row.append(amount, bitcoin, outputs, strength);
          return row;
        }),
    );
    this.#explained(true);
  }

  #explained(shown: boolean): void {
    this.#table.hidden = this.#legend.hidden = !shown;
  }
}
