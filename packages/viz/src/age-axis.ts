/** The compressed age axis: x = right - compression · width · ln(1 + age / scaleSeconds). */
export interface AgeAxis {
  readonly compression: number;
  readonly scaleSeconds: number;
}

/** The usual axis: half of the panel shows the last 9 seconds, all of it 228. */
export const AGE_AXIS: AgeAxis = { compression: 0.155, scaleSeconds: 0.36 };

/**
 * How far left of the right edge a point of this age stands.
 * @param ageSeconds negative ages (a point ahead of the picture's time) stand at the edge.
 * @param width of the panel, in any unit of length.
 * @returns in the unit of `width`.
 */
export function offsetOfAge(ageSeconds: number, width: number, axis: AgeAxis = AGE_AXIS): number {
  return axis.compression * width * Math.log(1 + Math.max(0, ageSeconds) / axis.scaleSeconds);
}

/** The age in seconds that stands at this offset: the inverse of {@link offsetOfAge}. */
export function ageOfOffset(offset: number, width: number, axis: AgeAxis = AGE_AXIS): number {
  return axis.scaleSeconds * Math.expm1(offset / (axis.compression * width));
}

/** The age in seconds at which a point leaves the panel on the left. */
export function oldestAge(axis: AgeAxis = AGE_AXIS): number {
  return ageOfOffset(1, 1, axis);
}
