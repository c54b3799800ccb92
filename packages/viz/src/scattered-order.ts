/** Multiplier of a Lehmer generator modulo 2³¹ − 1 (Park and Miller, 1988). */
const MULTIPLIER = 48_271;
const MODULUS = 2 ** 31 - 1;

/** The numbers from 0 to `count - 1` in a random order that is the same for the same count. */
export function scatteredOrder(count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  let state = 1;
  for (let last = count - 1; last > 0; last--) {
    state = (state * MULTIPLIER) % MODULUS;
    const other = state % (last + 1);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
