/** Entries of one page, a power of two. */
export const PAGE_ENTRIES = 4096;

/** Number of bits of an entry's place in its page. */
const PAGE_BITS = 12;
const PLACE_MASK = PAGE_ENTRIES - 1;

/** Index of the page that an entry is in. */
export const pageOf = (entry: number): number => entry >> PAGE_BITS;

/** An entry's place in its page. */
export const placeOf = (entry: number): number => entry & PLACE_MASK;

/**
 * Adds pages until there is room for so many entries. A column in pages grows without being copied, so that it never stands in
 * memory twice, and hardly more than what is in use is taken.
 */
export function addPages<T>(pages: T[], entries: number, create: () => T): void {
  while (pages.length * PAGE_ENTRIES < entries) pages.push(create());
}
