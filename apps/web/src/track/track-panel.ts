import type { EstimateStatus } from "@utxoracle/viz";
import { fetchJson } from "../fetch-json.ts";
import { calibrationPicture } from "./calibration-picture.ts";
import { differencePicture } from "./difference-picture.ts";
import { DAYS, type Days, readTrackRecord, type TrackRecord } from "./track-record.ts";
import { TRACK_STYLE } from "./track-style.ts";
import { durationText, incidentText, outageText, percent, trackLine } from "./track-text.ts";

/** Number of incidents and outages in the panel. */
const EVENTS_SHOWN = 20;

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

/** The dialog with the history of the difference, the calibration, incidents and outages. */
export class TrackPanel {
  readonly #dialog = element("dialog");
  readonly #content = element("div");
  readonly #buttons: readonly (readonly [Days, HTMLButtonElement])[];
  #requests = 0;

  constructor() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(TRACK_STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const close = element("button", "×");
    close.type = "button";
    close.className = "close";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => this.#dialog.close());
    const title = element("h2", "Track record");
    title.id = "track-title";
    this.#buttons = DAYS.map((days) => {
      const button = element("button", days === 1 ? "24 h" : `${days} d`);
      button.type = "button";
      button.addEventListener("click", () => void this.show(days));
      return [days, button] as const;
    });
    const choices = element("p", ...this.#buttons.flatMap(([, button]) => [button, " "]));
    choices.className = "choices";
    this.#content.setAttribute("aria-live", "polite");
    this.#dialog.id = "track";
    this.#dialog.setAttribute("aria-labelledby", title.id);
    this.#dialog.append(close, title, choices, this.#content);
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    document.body.append(this.#dialog);
  }

  /** Opens the panel with the record of the last days. */
  async show(days: Days): Promise<void> {
    for (const [each, button] of this.#buttons) button.setAttribute("aria-pressed", String(each === days));
    if (!this.#dialog.open) this.#dialog.showModal();
    const request = ++this.#requests;
    const response = await fetchJson(`api/v1/track-record?days=${days}`);
    if (request !== this.#requests) return;
    const record = typeof response === "string" || response.status !== 200 ? null : readTrackRecord(response.body);
    this.#content.replaceChildren(
      ...(record === null ? [element("p", "The track record cannot be read at the moment.")] : contentOf(record)),
    );
  }
}

function contentOf(record: TrackRecord): Node[] {
  const { ok, differences, incidents, outages, shares } = record;
  const intro = element(
    "p",
    "An hour after a price was published, the payments before and after it give a far better one. Every price " +
      "with status ok is compared with it, every 10 seconds. An error that both have in common is not seen.",
  );
  if (ok.judged === 0) return [intro, element("p", `${trackLine(record)}.`)];
  const pictures = element("div", figureOf("Difference over time: median and range", differencePicture(differences)));
  pictures.append(figureOf("How often the intervals held", calibrationPicture(ok)));
  pictures.className = "track-pictures";
  return [
    intro,
    element("p", `${trackLine(record)}, 99 % within ${percent(ok.p99_pct)}.`),
    pictures,
    element("p", sharesText(shares)),
    element("h3", `Incidents: ${incidents.count}`),
    element("p", "Times in which a price with status ok was off by more than 1 %."),
    listOf(incidents.newest.map(incidentText)),
    element(
      "h3",
      `Outages: ${outages.count}`,
      outages.count === 0 ? "" : `, ${durationText(outages.seconds)} in total`,
    ),
    listOf(outages.newest.map(outageText)),
  ];
}

function figureOf(caption: string, picture: SVGElement): HTMLElement {
  return element("figure", picture, element("figcaption", caption));
}

/** The newest first. */
function listOf(texts: readonly string[]): HTMLUListElement {
  return element(
    "ul",
    ...texts
      .slice(-EVENTS_SHOWN)
      .reverse()
      .map((text) => element("li", text)),
  );
}

function sharesText(shares: TrackRecord["shares"]): string {
  const names: Readonly<Record<string, string>> = {
    ok: "ok",
    low_confidence: "low confidence",
    stale: "stale",
    no_estimate: "no estimate",
    warming_up: "warming up",
    not_running: "not running",
  } satisfies Record<EstimateStatus | "not_running", string>;
  const parts = Object.entries(shares ?? {}).flatMap(([status, share]) =>
    share > 0 ? [`${names[status] ?? status} ${(100 * share).toFixed(1)} %`] : [],
  );
  return `Share of the time: ${parts.join(", ")}.`;
}
