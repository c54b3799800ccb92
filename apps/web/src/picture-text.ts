import type { VizError } from "@utxoracle/viz";

/** Message in place of the picture. */
export function noPictureText({ code, message }: VizError): string {
  switch (code) {
    case "no_2d_context":
      return "No chart: this browser blocks canvases. The price is still updated.";
    case "context_lost":
      return "No chart at the moment: the browser lost the canvas. The chart returns when the browser restores it.";
    default:
      return `No chart: ${message}. The price is still updated.`;
  }
}

/** Message after a failed save. */
export function notSavedText({ code, message }: VizError): string {
  switch (code) {
    case "no_2d_context":
      return "Not saved: this browser blocks canvases.";
    case "png_blocked":
      return "Not saved: fingerprinting protection blocks the picture. Allow canvas data for this page, or take a screenshot.";
    case "png_timeout":
      return "Not saved: the browser did not finish in time. Try again, or take a screenshot.";
    default:
      return `Not saved: ${message}.`;
  }
}
