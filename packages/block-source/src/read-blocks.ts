import { checkSignal, checkSource, kindOf } from "./argument.ts";
import type { BlockPlace, BlockSource } from "./block-source.ts";

/** Blocks requested ahead; a node answers four calls at once by default. */
const AHEAD = 3;

/**
 * Reads blocks in order; the next ones are requested while one is being processed.
 * @throws {BlockSourceError} when the source cannot read a block; the reason of `signal` when it
 *   aborts.
 */
export async function* readBlocks(
  source: BlockSource,
  places: readonly BlockPlace[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly place: BlockPlace; readonly rawBytes: Uint8Array }, void, undefined> {
  checkSource(source);
  if (!Array.isArray(places)) throw new TypeError(`places must be an array, got ${kindOf(places)}`);
  checkSignal(signal);
  const requested: Promise<Uint8Array>[] = [];
  for (let index = 0; index < places.length; index++) {
    signal?.throwIfAborted();
    checkPlace(places[index], index);
    for (let next = index + requested.length; next < places.length && requested.length < AHEAD; next++) {
      const request = source.block(places[next] as BlockPlace);
      // Thrown when it is this block's turn; a consumer that stops earlier never sees it.
      request.catch(() => undefined);
      requested.push(request);
    }
    const rawBytes = await (requested.shift() as Promise<Uint8Array>);
    yield { place: places[index] as BlockPlace, rawBytes };
  }
}

function checkPlace(place: Partial<BlockPlace> | null | undefined, index: number): void {
  if (typeof place?.hash !== "string" || typeof place.height !== "number")
    throw new TypeError(
      `places[${index}] must be { height, hash, … }, as source.places returns it, got ${kindOf(place)}`,
    );
}
