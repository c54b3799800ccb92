import { fetchJson } from "../fetch-json.ts";
import { pageElement } from "../page-element.ts";
import type { TrackPanel } from "./track-panel.ts";
import { readTrackRecord } from "./track-record.ts";
import { trackLine } from "./track-text.ts";

/** Time between two requests of the line, ms. */
const PERIOD_MS = 600_000;
/** Days of the line, and of the panel when it opens. */
const LINE_DAYS = 7;

/** Shows the track record as one line, and opens the panel on a click. */
export function connectTrackLine(): void {
  const button = pageElement<HTMLButtonElement>("track-button");
  let panel: Promise<TrackPanel> | null = null;
  button.addEventListener("click", () => {
    panel ??= import("./track-panel.ts").then((module) => new module.TrackPanel());
    panel.then(
      (loaded) => loaded.show(LINE_DAYS),
      () => {
        // The service is gone, or has another version. The next click tries again.
        panel = null;
      },
    );
  });
  const update = async (): Promise<void> => {
    if (document.visibilityState !== "visible") return;
    const response = await fetchJson(`api/v1/track-record?days=${LINE_DAYS}`);
    if (typeof response === "string" || response.status !== 200) return;
    const record = readTrackRecord(response.body);
    if (record !== null) button.textContent = trackLine(record);
  };
  void update().then(() => {
    button.disabled = false;
  });
  setInterval(() => void update(), PERIOD_MS);
}
