/** How a price changes its speed from one minute of time to the next. Speeds are numbered from the slowest, 0. */
export interface SpeedChange {
  /** How many speeds there are. */
  readonly speeds: number;
  /** Probability of the next faster speed, where there is one. */
  readonly faster: number;
  /** Probability of the next slower speed, where there is one. */
  readonly slower: number;
}

/** Probability that a price moving at one speed moves at another in the next minute: only at itself or a neighbor. */
export function speedTransition(from: number, to: number, { speeds, faster, slower }: SpeedChange): number {
  if (Math.abs(from - to) > 1) return 0;
  if (to > from) return faster;
  if (to < from) return slower;
  return 1 - (from === 0 ? 0 : slower) - (from === speeds - 1 ? 0 : faster);
}
