/** The next capacity: doubles while small, then grows by half, to waste less memory. */
export function grownCapacity(capacity: number): number {
  return capacity < 65_536 ? capacity * 2 : Math.ceil(capacity * 1.5);
}

/** A longer copy of a typed array. */
export function grown<T extends Uint8Array | Uint32Array | Int32Array | Float64Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}
