/** The plot shows about ±5 % around the price; what is further away would only take the place of what is seen. */
export const SHOWN_AROUND_PRICE = 0.08;

/** At most so many, evenly over all of them: a crowded window loses density, not its beginning. */
export function thinnedOut<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T);
}
