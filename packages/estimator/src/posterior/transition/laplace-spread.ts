/**
 * Adds to `into` the density `from` spread by a Laplace kernel (mean distance `scale` cells) times `weight`: how far a
 * price moves in a step, with tails that let it jump. Two passes of a recursive filter, so the cost does not depend on
 * the scale. What leaves the grid is lost.
 */
export function addLaplaceSpread(
  into: Float64Array,
  from: Float64Array,
  scale: number,
  weight: number,
  scratch: Float64Array,
): void {
  const size = from.length;
  const decay = Math.exp(-1 / scale);
  const gain = (weight * (1 - decay)) / (1 + decay);
  let carried = 0;
  for (let cell = 0; cell < size; cell++) {
    carried = carried * decay + from[cell]!;
    scratch[cell] = carried;
  }
  carried = 0;
  for (let cell = size - 1; cell >= 0; cell--) {
    into[cell]! += gain * (scratch[cell]! + carried);
    carried = (carried + from[cell]!) * decay;
  }
}
