import { formatCount, formatUsd } from "@utxoracle/viz";
import { pageElement } from "./page-element.ts";

interface Vote {
  readonly usd: number;
  readonly votes: number;
  readonly strength: number;
}

/** The votes in an answer of `api/v1/evidence`; null when it is not one. */
export function readEvidence(answer: unknown): { price: number | null; votes: Vote[] } | null {
  if (typeof answer !== "object" || answer === null) return null;
  const { price, evidence } = answer as { price?: unknown; evidence?: unknown };
  if (!(price === null || Number.isFinite(price)) || !Array.isArray(evidence)) return null;
  const isVote = (entry: unknown): entry is Vote =>
    typeof entry === "object" &&
    entry !== null &&
    ["usd", "votes", "strength"].every((name) => Number.isFinite((entry as Record<string, unknown>)[name]));
  return evidence.every(isVote) ? { price: price as number | null, votes: evidence } : null;
}

/** The dialog that shows which round dollar amounts carry the price; asks the service each time it is opened. */
export class WhyPanel {
  readonly #dialog = pageElement<HTMLDialogElement>("why");
  readonly #state = pageElement("why-state");
  readonly #table = pageElement<HTMLTableElement>("why-votes");

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
    this.#state.textContent = "Asking the service…";
    try {
      const response = await fetch(new URL("api/v1/evidence", document.baseURI), { cache: "no-store" });
      if (response.status === 404) this.#say("This service does not tell its evidence.");
      else if (!response.ok) this.#say(`No evidence now: the service answered ${response.status}.`);
      else {
        const evidence = readEvidence(await response.json());
        if (evidence === null) this.#say("The service's answer could not be read.");
        else this.#show(evidence.price, evidence.votes);
      }
    } catch {
      this.#say("The service could not be reached.");
    }
  }

  #say(text: string): void {
    this.#state.textContent = text;
    this.#table.hidden = true;
  }

  #show(price: number | null, votes: Vote[]): void {
    if (price === null || votes.length === 0) {
      this.#say("There is no price yet, so nothing has voted for it.");
      return;
    }
    this.#state.textContent = `At ${formatUsd(price)}:`;
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
          const outputs = document.createElement("td");
          outputs.textContent = formatCount(vote.votes);
          const strength = document.createElement("td");
          const bar = document.createElement("span");
          bar.className = "bar";
          bar.style.width = `${(70 * Math.abs(vote.strength)) / strongest}%`;
          if (vote.strength < 0) bar.dataset["against"] = "";
          strength.append(bar, vote.strength.toFixed(1));
          row.append(amount, outputs, strength);
          return row;
        }),
    );
    this.#table.hidden = false;
  }
}
