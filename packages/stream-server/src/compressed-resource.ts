import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { checkResponse } from "./argument.ts";
import { type ContentCoding, type EncodedVariants, negotiatedResponse, tagOf } from "./encoded-variants.ts";
import type { RouteRequest, RouteResponse } from "./http-response.ts";

const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/** Smaller bodies are not compressed: the packet would not get smaller. */
const COMPRESSED_FROM_BYTES = 1000;

/** Options of {@link compressedResource}. */
export interface CompressedResourceOptions {
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** Headers, e.g. `Cache-Control`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Brotli quality from 0 to 11; default 5, about as fast as gzip. */
  readonly brotliQuality?: number;
}

/** Responds to one request with a body that all requests share. */
export type SharedResource = (request: Pick<RouteRequest, "headers">) => RouteResponse;

/**
 * Compresses a body once, with brotli and gzip. The returned function chooses by `Accept-Encoding`,
 * sets a strong `ETag` and responds with 304 to a client that has the body.
 */
export async function compressedResource(options: CompressedResourceOptions): Promise<SharedResource> {
  checkResponse(options, "options");
  const { contentType, headers = {}, brotliQuality } = options;
  const body = Buffer.from(options.body);
  const variants = await compressedVariants(body, brotliQuality);
  const resource: EncodedVariants = { contentType, body, variants, tag: tagOf(body), headers };
  return (request) => negotiatedResponse(resource, request);
}

/** Compresses a body with brotli and gzip; a small one is not compressed. */
export async function compressedVariants(
  body: Uint8Array,
  brotliQuality = 5,
): Promise<ReadonlyMap<ContentCoding, Uint8Array>> {
  if (body.byteLength < COMPRESSED_FROM_BYTES) return new Map();
  const [br, gz] = await Promise.all([
    compress.br(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength,
      },
    }),
    compress.gzip(body),
  ]);
  return new Map<ContentCoding, Uint8Array>([
    ["br", br],
    ["gzip", gz],
  ]);
}
