import type { RouteRequest } from "@utxoracle/stream-server";
import type { ServiceState } from "../../state/service-state.ts";
import { escaped } from "../html.ts";
import { PREVIEW_HEIGHT, PREVIEW_WIDTH } from "./preview-image.ts";
import { type PriceWords, priceWords } from "./price-words.ts";

/** Places of the built `index.html` that the service completes. */
const HEAD_PLACE = "<!-- preview -->";
const TEXT_PLACE = "<!-- price -->";
const TITLE = "<title>UTXOracle Live</title>";
const NAME = "UTXOracle Live";

/**
 * Adds the price to the page: for browsers without JavaScript, for search engines, and as a preview
 * for chat apps.
 * @param trustProxy whether `X-Forwarded-*` headers say where clients find the page
 */
export function pageCompleter(
  state: ServiceState,
  trustProxy: boolean,
): (page: string, request: Pick<RouteRequest, "headers">) => string {
  return (page, request) => {
    const words = priceWords(state.latest(), state.now());
    const address = publicAddress(request, trustProxy);
    return page
      .replace(TITLE, () => `<title>${escaped(titleOf(words))}</title>`)
      .replace(HEAD_PLACE, () => previewTags(words, address))
      .replace(TEXT_PLACE, () => priceText(words));
  };
}

/** `$113,600 · UTXOracle Live`, always with what qualifies the price. */
function titleOf({ price, tone, origin }: PriceWords): string {
  const shown = price === null ? [] : [{ good: price, weak: `~${price}`, bad: `last known ${price}` }[tone]];
  return [...shown, ...(origin === null ? [] : [origin]), NAME].join(" · ");
}

/** Chat apps accept absolute addresses only. */
function previewTags(words: PriceWords, address: string | null): string {
  const tags: [name: string, content: string][] = [
    ["og:type", "website"],
    ["og:title", titleOf(words)],
    ["og:description", `${words.detail} · ${words.time}`],
  ];
  if (address !== null)
    tags.push(
      ["og:url", address],
      // Apps keep an image by its address: a new minute has a new one.
      ["og:image", `${address}preview.png?at=${encodeURIComponent(words.time)}`],
      ["og:image:type", "image/png"],
      ["og:image:width", String(PREVIEW_WIDTH)],
      ["og:image:height", String(PREVIEW_HEIGHT)],
      ["og:image:alt", `${words.price ?? "No price"}, ${words.detail}`],
    );
  return [
    ...tags.map(([name, content]) => `<meta property="${name}" content="${escaped(content)}" />`),
    '<meta name="twitter:card" content="summary_large_image" />',
  ].join("\n    ");
}

function priceText({ price, detail, time, origin, tone }: PriceWords): string {
  const notes = [detail, ...(origin === null ? [] : [`${origin}: not the price of a real market`]), time].join(" · ");
  const shown = price === null ? "" : `<p class="plain-price" data-tone="${tone}">${escaped(price)}</p>`;
  return `${shown}<p>${escaped(notes)}</p><img src="./preview.png" alt="" width="${PREVIEW_WIDTH}" height="${PREVIEW_HEIGHT}" />`;
}

/** Where the client found the page; null if unknown. Ends in a slash. */
function publicAddress({ headers }: Pick<RouteRequest, "headers">, trustProxy: boolean): string | null {
  const forwarded = (name: string): string | undefined => {
    const value = trustProxy ? headers[`x-forwarded-${name}`] : undefined;
    return (Array.isArray(value) ? value[0] : value)?.split(",")[0]?.trim();
  };
  const scheme = forwarded("proto") === "https" ? "https" : "http";
  const host = forwarded("host") ?? headers.host ?? "";
  const path = `${forwarded("prefix") ?? ""}/`.replace(/\/+$/, "/");
  return URL.canParse(path, `${scheme}://${host}`) ? new URL(path, `${scheme}://${host}`).href : null;
}
