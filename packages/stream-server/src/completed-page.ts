import { compressedVariants } from "./compressed-resource.ts";
import { type EncodedVariants, negotiatedResponse } from "./encoded-variants.ts";
import type { RouteHandler, RouteRequest } from "./http-response.ts";

/**
 * Different pages that are compressed in a second; each takes about a millisecond of another
 * thread.
 */
const COMPRESSED_PER_SECOND = 8;
const BROTLI_QUALITY = 9;

/**
 * Serves a page that is completed for each request. Equal results share one compressed body. The
 * page is never cached, so it has no `ETag`.
 *
 * @param page the incomplete page
 * @param headers of each response
 * @param monotonicMs milliseconds
 */
export function completedPage(
  page: string,
  complete: (page: string, request: RouteRequest) => string,
  headers: Readonly<Record<string, string>>,
  monotonicMs: () => number = () => performance.now(),
): RouteHandler {
  let recent = new Map<string, Promise<EncodedVariants>>();
  let earlier = recent;
  let sinceMs = Number.NEGATIVE_INFINITY;
  const contentType = "text/html; charset=utf-8";
  const encode = async (text: string): Promise<EncodedVariants> => {
    const body = Buffer.from(text);
    const variants = await compressedVariants(body, BROTLI_QUALITY);
    return { contentType, body, variants, tag: null, headers };
  };
  return async (request) => {
    const text = complete(page, request);
    const now = monotonicMs();
    if (now - sinceMs >= 1000) {
      sinceMs = now;
      earlier = recent;
      recent = new Map();
    }
    const hasRoom = recent.size < COMPRESSED_PER_SECOND;
    const encoded = recent.get(text) ?? earlier.get(text) ?? (hasRoom ? encode(text) : null);
    if (encoded === null) return { contentType, body: text, headers: { ...headers, Vary: "Accept-Encoding" } };
    if (hasRoom) recent.set(text, encoded);
    return negotiatedResponse(await encoded, request);
  };
}
