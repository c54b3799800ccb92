import type { StreamView } from "@utxoracle/viz";
import { type FetchFailure, fetchJson, type JsonResponse } from "./fetch-json.ts";
import { codesOf, healthText } from "./health-texts.ts";
import { firstCause, type Remedy, remedyOf } from "./node-remedies.ts";
import { pageElement } from "./page-element.ts";

/** Time between two requests for the reasons. */
const ASK_MS = 5_000;

/** What stands in the middle of the plot while there is no price. */
export interface Trouble {
  readonly title: string;
  readonly text: string;
  readonly remedy: Remedy | null;
}

/** Codes of `health/ready`. */
export interface Reasons {
  readonly reasons: readonly string[];
  readonly notices: readonly string[];
}

/** Why the page shows no price, and what to do; null if it shows one. */
export function troubleOf(view: StreamView, health: Reasons | null): Trouble | null {
  const { live, connection, refusal = null } = view;
  if (live?.price != null) return null;
  const trouble = (title: string, text = "", remedy: Remedy | null = null): Trouble => ({ title, text, remedy });
  if (live === null) {
    if (connection === "open") return trouble("Connected", "Waiting for the first data.");
    if (refusal !== null && refusal.code !== "unreachable") return trouble("No live stream", `${refusal.message}.`);
    if (connection === "connecting" && refusal === null) return trouble("Connecting to the service");
    return trouble("The service cannot be reached", "This page tries again every few seconds.");
  }
  const progress = loadingText(view);
  const cause = health === null ? null : firstCause(health.reasons, health.notices);
  if (live.status === "no_estimate")
    return trouble(
      "No price yet",
      "There are not enough payments for an estimate. Without evidence there is no price.",
    );
  if (cause !== null && health !== null) {
    const title = live.node?.connected === false ? "Waiting for your node" : (progress ?? "No price yet");
    return trouble(title, healthText(cause), remedyOf(cause, [...health.reasons, ...health.notices]));
  }
  if (live.node?.connected === false) return trouble("Waiting for your node", "The service is not connected to it.");
  return trouble(progress ?? "Loading", "The price appears when the payments of the last hours are loaded.");
}

/** `Loading blocks 9 of 18`; null when nothing is loaded. */
export function loadingText({ live }: StreamView): string | null {
  const loading = live?.loading;
  return loading == null ? null : `Loading blocks ${loading.blocks_done} of ${loading.blocks_total}`;
}

/** Text in which no line ends inside a flag: `--zmq-rawtx` may break after each hyphen. */
function withWholeFlags(text: string): (string | HTMLElement)[] {
  return text.split(/(--[a-z-]*[a-z])/).map((part) => {
    if (!part.startsWith("--")) return part;
    const flag = document.createElement("span");
    flag.className = "flag";
    flag.textContent = part;
    return flag;
  });
}

/** Shows in the middle of the plot why there is no price, and what to do about it. */
export class TroublePanel {
  readonly #panel = pageElement("trouble");
  readonly #title = pageElement("trouble-title");
  readonly #text = pageElement("trouble-text");
  readonly #lines = pageElement("trouble-lines");
  readonly #after = pageElement("trouble-after");
  readonly #fetch: (path: string) => Promise<JsonResponse | FetchFailure>;
  readonly #now: () => number;
  #health: Reasons | null = null;
  #isAsking = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #shown = "";

  /** @param now monotonic milliseconds */
  constructor(
    fetch: (path: string) => Promise<JsonResponse | FetchFailure> = fetchJson,
    now: () => number = () => performance.now(),
  ) {
    this.#fetch = fetch;
    this.#now = now;
  }

  /** Call it after each change of the view. */
  update(view: StreamView): void {
    const { live } = view;
    if (live?.price != null) this.#health = null;
    else if (live !== null && view.connection === "open" && live.source === "node") void this.#ask(view);
    this.#show(troubleOf(view, this.#health));
  }

  async #ask(view: StreamView): Promise<void> {
    if (this.#isAsking || this.#now() - this.#askedAtMs < ASK_MS) return;
    this.#isAsking = true;
    this.#askedAtMs = this.#now();
    const response = await this.#fetch("health/ready");
    this.#isAsking = false;
    if (typeof response === "string" || typeof response.body !== "object" || response.body === null) return;
    const { reasons, notices } = response.body as { reasons?: unknown; notices?: unknown };
    this.#health = { reasons: codesOf(reasons), notices: codesOf(notices) };
    this.#show(troubleOf(view, this.#health));
  }

  #show(trouble: Trouble | null): void {
    const key = JSON.stringify(trouble);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#panel.hidden = trouble === null;
    if (trouble === null) return;
    this.#title.textContent = trouble.title;
    this.#text.textContent = trouble.text;
    this.#lines.hidden = trouble.remedy === null;
    this.#lines.textContent = trouble.remedy?.lines.join("\n") ?? "";
    this.#after.replaceChildren(...withWholeFlags(trouble.remedy?.after ?? ""));
  }
}
