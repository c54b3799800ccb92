import type { VizError } from "@utxoracle/viz";

/** Said in the place of the picture. */
export function noPictureText({ code, message }: VizError): string {
  switch (code) {
    case "no_2d_context":
      return "No picture: this browser gives the page no canvas to draw on. Price and state do without it.";
    case "context_lost":
      return "No picture for the moment: the browser took the canvas away. It is drawn again as soon as it is back.";
    default:
      return `No picture: ${message}. Price and state do without it.`;
  }
}

/** Said when the picture could not be saved. */
export function notSavedText({ code, message }: VizError): string {
  switch (code) {
    case "no_2d_context":
      return "Not saved: this browser gives the page no canvas to draw on.";
    case "png_blocked":
      return "Not saved: the browser does not give the picture to the page, as a protection against fingerprinting. Allow canvas data for this page, or take a screenshot.";
    case "png_timeout":
      return "Not saved: the browser did not finish the picture in time. Try again, or take a screenshot.";
    default:
      return `Not saved: ${message}.`;
  }
}
