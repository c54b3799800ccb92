/** @throws {TypeError} unless it has the methods of a {@link BlockSource}. */
export function checkSource(source: unknown): void {
  if (typeof source !== "object" || source === null || !("places" in source) || !("block" in source))
    throw new TypeError(`source must be a block source, such as the one of openBlocks, got ${kindOf(source)}`);
}

/** @throws {TypeError} unless it is a whole number from 0 on. */
export function checkHeight(height: unknown, name: string): void {
  if (!Number.isSafeInteger(height) || (height as number) < 0)
    throw new TypeError(`${name} must be a whole number of at least 0, got ${shown(height)}`);
}

/** A wrong argument as errors show it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const shown = (value: unknown): string => (typeof value === "number" ? String(value) : kindOf(value));
