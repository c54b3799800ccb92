import { createHash } from "node:crypto";
import { chooseEncoding } from "./accept-encoding.ts";
import type { RouteRequest, RouteResponse } from "./http-response.ts";

/** Content codings that this server sends, in order of preference. */
export type ContentCoding = "br" | "gzip";

/** One body in several content codings. */
export interface EncodedVariants {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly variants: ReadonlyMap<ContentCoding, Uint8Array>;
  /** Identifies the body in the `ETag`; null for a response that is never cached. */
  readonly tag: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** The tag of a body that may be cached. */
export const tagOf = (body: Uint8Array): string => createHash("sha256").update(body).digest("base64url").slice(0, 22);

/**
 * Chooses the variant that `Accept-Encoding` prefers. Responds with 304 if `If-None-Match` names
 * it.
 */
export function negotiatedResponse(
  { contentType, body, variants, tag, headers }: EncodedVariants,
  { headers: asked }: Pick<RouteRequest, "headers">,
): RouteResponse {
  const coding = chooseEncoding(asked["accept-encoding"], [...variants.keys()]);
  const etag = tag === null ? null : `"${tag}${coding === null ? "" : `-${coding}`}"`;
  const shared = {
    ...headers,
    ...(variants.size > 0 && { Vary: "Accept-Encoding" }),
    ...(etag !== null && { ETag: etag }),
  };
  const held = asked["if-none-match"];
  if (etag !== null && (held?.includes(etag) === true || held?.trim() === "*"))
    return { status: 304, contentType, body: "", headers: shared };
  return {
    contentType,
    body: (coding === null ? undefined : variants.get(coding)) ?? body,
    headers: { ...shared, ...(coding !== null && { "Content-Encoding": coding }) },
  };
}
