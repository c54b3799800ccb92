/**
 * Change of the price's speed from one minute to the next. Speeds are numbered from the slowest, 0.
 */
export interface SpeedChange {
  /** Number of speeds. */
  readonly speeds: number;
  /** Probability of the next faster speed, if there is one. */
  readonly faster: number;
  /** Probability of the next slower speed, if there is one. */
  readonly slower: number;
}

/** Probability of a speed in the next minute, given the speed now: the same one or a neighbor. */
export function speedTransition(from: number, to: number, { speeds, faster, slower }: SpeedChange): number {
  if (Math.abs(from - to) > 1) return 0;
  if (to > from) return faster;
  if (to < from) return slower;
  return 1 - (from === 0 ? 0 : slower) - (from === speeds - 1 ? 0 : faster);
}
