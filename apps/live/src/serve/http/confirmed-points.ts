import type { ConfirmedPicture } from "@utxoracle/models";
import {
  compressedResource,
  errorResponse,
  type RouteHandler,
  type RouteResponse,
  type SharedResource,
  withRetryAfter,
} from "@utxoracle/stream-server";
import { budgets } from "../../config/budgets.ts";
import type { ServiceState } from "../../state/service-state.ts";
import { RETRY_AFTER_SECONDS } from "./no-price.ts";

const FOREVER = "public, max-age=31536000, immutable, no-transform";
/** For requests that name no tip. */
const REVALIDATED = "no-cache, no-transform";
const HASH = /^[0-9a-f]{64}$/;
const JSON_TYPE = "application/json; charset=utf-8";
/** Number of compressed pictures kept. */
const PICTURES_MAX = 4;

interface Picture {
  readonly immutable: SharedResource;
  readonly current: SharedResource;
}

/** `/api/v1/confirmed/points`: each picture is compressed once, best, and shared by all clients. */
export function confirmedPoints(state: ServiceState): RouteHandler {
  const pictures = new Map<string, { readonly of: ConfirmedPicture; readonly made: Promise<Picture> }>();
  const pictureAt = (tip: string | null): Promise<Picture> | null => {
    const current = state.confirmedPicture();
    const asked = tip === null ? null : state.confirmedPicture(tip);
    for (const picture of [asked, current]) {
      if (picture === null || pictures.get(picture.tip)?.of === picture) continue;
      pictures.delete(picture.tip);
      pictures.set(picture.tip, { of: picture, made: compressedPicture(picture) });
      for (const oldest of pictures.keys()) {
        if (pictures.size <= PICTURES_MAX) break;
        pictures.delete(oldest);
      }
    }
    const wanted = tip ?? current?.tip ?? null;
    return (wanted === null ? undefined : pictures.get(wanted)?.made) ?? null;
  };
  return async (request) => {
    const tip = request.query.get("tip");
    if (tip !== null && !HASH.test(tip)) return invalidHash("tip");
    const picture = await pictureAt(tip);
    if (picture !== null) return (tip === null ? picture.current : picture.immutable)(request);
    return tip === null
      ? withRetryAfter(errorResponse(503, "no_picture", "no confirmed price yet"), RETRY_AFTER_SECONDS)
      : errorResponse(
          404,
          "unknown_tip",
          "the points are kept for the last blocks only; omit tip for the current ones",
        );
  };
}

async function compressedPicture(picture: ConfirmedPicture): Promise<Picture> {
  const content = { contentType: JSON_TYPE, body: JSON.stringify(picture), brotliQuality: 11 };
  const [immutable, current] = await Promise.all([
    compressedResource({ ...content, headers: { "Cache-Control": FOREVER } }),
    compressedResource({ ...content, headers: { "Cache-Control": REVALIDATED } }),
  ]);
  return { immutable, current };
}

/** `/api/v1/blocks/{hash}/points`: the payments behind the points of one block. */
export function blockPoints(state: ServiceState): RouteHandler {
  let pending = 0;
  return async (request): Promise<RouteResponse> => {
    const hash = request.path.split("/").at(-2) ?? "";
    const tip = request.query.get("tip");
    if (!HASH.test(hash)) return invalidHash("hash");
    if (tip !== null && !HASH.test(tip)) return invalidHash("tip");
    const newest = tip ?? state.confirmedPicture()?.tip ?? null;
    if (pending >= budgets.blockPointRequests.count)
      return withRetryAfter(errorResponse(503, "overloaded", "too many requests for points of blocks"), 1);
    pending++;
    try {
      const points = newest === null ? null : await state.blockPoints(hash, newest);
      if (points === null)
        return errorResponse(404, "unknown_block", "only blocks of the confirmed window have points, at its last tips");
      const resource = await compressedResource({
        contentType: JSON_TYPE,
        body: JSON.stringify(points),
        headers: { "Cache-Control": tip === null ? REVALIDATED : FOREVER },
      });
      return { ...resource(request), countsBytes: true };
    } finally {
      pending--;
    }
  };
}

const invalidHash = (name: string): RouteResponse =>
  errorResponse(400, `invalid_${name}`, `"${name}": must be a block hash, 64 lowercase hex digits`);
