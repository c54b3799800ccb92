/** The first `count` primes. */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  return found;
}

/** The first 32 bits of the fractional part. */
function fractionBits(value: number): number {
  return ((value - Math.floor(value)) * 0x100000000) | 0;
}

/**
 * SHA-256's constants by their definition (FIPS 180-4, 4.2.2 and 5.3.3): fractional parts of the
 * cube roots of the first 64 primes and of the square roots of the first 8. Computed, because a
 * table does not compress. A test checks that the rounding of doubles cannot change any bit.
 */
export function sha256Constants(): { roundConstants: Int32Array; initialState: Int32Array } {
  const first64 = primes(64);
  return {
    roundConstants: Int32Array.from(first64, (prime) => fractionBits(Math.cbrt(prime))),
    initialState: Int32Array.from(first64.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime))),
  };
}
