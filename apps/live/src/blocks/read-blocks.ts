import type { BlockPlace, BlockSource } from "./block-source.ts";

/** Blocks under way while one is being worked on; a node answers four calls at once by default. */
const AHEAD = 3;

/** Blocks one after the other, the next ones asked for already. */
export async function* readBlocks(
  source: BlockSource,
  places: readonly BlockPlace[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly place: BlockPlace; readonly rawBytes: Uint8Array }, void, undefined> {
  const underWay: Promise<Uint8Array>[] = [];
  for (let index = 0; index < places.length; index++) {
    signal?.throwIfAborted();
    for (let next = index + underWay.length; next < places.length && underWay.length < AHEAD; next++) {
      const asked = source.block(places[next] as BlockPlace);
      // Its failure is thrown when its turn comes; a reader who leaves before never asks.
      asked.catch(() => undefined);
      underWay.push(asked);
    }
    const rawBytes = await (underWay.shift() as Promise<Uint8Array>);
    yield { place: places[index] as BlockPlace, rawBytes };
  }
}
