/** Scratch: an array for each step of each minute would be garbage to collect. */
let fromBelow = new Float64Array(0);

/**
 * Adds the density `from`, convolved with a Laplace kernel (mean distance `scale` cells) and
 * multiplied by `weight`, to `into`: the movement of a price in a step, with tails for jumps. Two
 * passes of a recursive filter, so the cost does not depend on the scale. Mass outside the grid is
 * lost.
 */
export function addLaplaceSpread(into: Float64Array, from: Float64Array, scale: number, weight = 1): void {
  const size = from.length;
  if (fromBelow.length < size) fromBelow = new Float64Array(size);
  const decay = Math.exp(-1 / scale);
  const gain = (weight * (1 - decay)) / (1 + decay);
  let carried = 0;
  for (let cell = 0; cell < size; cell++) {
    carried = carried * decay + from[cell]!;
    fromBelow[cell] = carried;
  }
  carried = 0;
  for (let cell = size - 1; cell >= 0; cell--) {
    into[cell]! += gain * (fromBelow[cell]! + carried);
    carried = (carried + from[cell]!) * decay;
  }
}
