/** Entries per page, a power of two. */
export const PAGE_ENTRIES = 4096;

/** Number of bits of an entry's index within its page. */
const PAGE_BITS = 12;
const PLACE_MASK = PAGE_ENTRIES - 1;

/** Index of an entry's page. */
export const pageOf = (entry: number): number => entry >> PAGE_BITS;

/** Index of an entry within its page. */
export const placeOf = (entry: number): number => entry & PLACE_MASK;

/**
 * Adds pages until there is room for `count` entries. A paged column grows without a copy, so it is
 * never in memory twice and wastes little.
 */
export function addPages<T>(pages: T[], entries: number, create: () => T): void {
  while (pages.length * PAGE_ENTRIES < entries) pages.push(create());
}
