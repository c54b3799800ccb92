/** Relative distance from the price up to which points are sent. The plot shows about ±5 %. */
export const SHOWN_AROUND_PRICE = 0.08;

/** At most `most` items, evenly spaced: a crowded window loses density, not its start. */
export function thinnedOut<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T);
}
