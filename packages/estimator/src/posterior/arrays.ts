export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

/** Running sums: entry i is the sum of the first i values. */
export function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sums[i + 1] = sum += values[i]!;
  return sums;
}

/** The upper of the two middle values of an even number; undefined without values. */
export function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** Fractional cell below which the given share of the mass lies; the middle one without mass. */
export function quantile(density: Float64Array, share: number): number {
  const wanted = share * sumOf(density);
  let below = 0;
  for (let cell = 0; cell < density.length; cell++) {
    const mass = density[cell]!;
    if (mass > 0 && below + mass >= wanted) return cell - 0.5 + (wanted - below) / mass;
    below += mass;
  }
  return (density.length - 1) / 2;
}

/** @returns index of the first value of an ascending list that is not below `value` */
export function firstAtLeast(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
