import { HISTORY_STEPS } from "@utxoracle/models";
import type { RouteHandler, RouteResponse } from "@utxoracle/stream-server";
import type { ServiceState } from "../../state/service-state.ts";
import { wholeRange } from "../http/history.ts";
import { drawPreview } from "./preview-image.ts";
import { priceWords } from "./price-words.ts";

/**
 * An image is made at most this often, and shared by all requests: it shows the time in minutes.
 */
const KEPT_MS = 60_000;

/**
 * `/preview.png`: the price as an image for chat apps, drawn on request.
 * @param monotonicMs milliseconds
 */
export function previewRoute(state: ServiceState, monotonicMs: () => number = () => performance.now()): RouteHandler {
  let kept: { readonly response: Promise<RouteResponse>; readonly madeAtMs: number } | null = null;
  return () => {
    const now = monotonicMs();
    if (kept === null || now - kept.madeAtMs >= KEPT_MS) kept = { response: makeImage(state), madeAtMs: now };
    return kept.response;
  };
}

async function makeImage(state: ServiceState): Promise<RouteResponse> {
  const now = state.now();
  const range = wholeRange(HISTORY_STEPS[0], now);
  const words = priceWords(state.latest(), now);
  const raster = drawPreview({ words, rows: state.history().rows(range), from: range.from, to: range.to });
  return {
    contentType: "image/png",
    body: await raster.toPng(),
    headers: { "Cache-Control": `public, max-age=${KEPT_MS / 1000}, no-transform` },
  };
}
