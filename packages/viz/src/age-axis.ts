/** The logarithmic age axis: x = right - compression · width · ln(1 + age / scaleSeconds). */
export interface AgeAxis {
  readonly compression: number;
  readonly scaleSeconds: number;
}

/** Default axis: half of the panel shows the last 9 seconds, the whole panel 228 seconds. */
export const AGE_AXIS: AgeAxis = { compression: 0.155, scaleSeconds: 0.36 };

/**
 * Distance of a point from the right edge.
 * @param ageSeconds negative ages (ahead of the picture's time) are at the edge.
 * @param width of the panel, in any unit.
 * @returns the distance, in the unit of `width`.
 */
export function offsetOfAge(ageSeconds: number, width: number, axis: AgeAxis = AGE_AXIS): number {
  return axis.compression * width * Math.log(1 + Math.max(0, ageSeconds) / axis.scaleSeconds);
}

/** Age in seconds at an offset: the inverse of {@link offsetOfAge}. */
export function ageOfOffset(offset: number, width: number, axis: AgeAxis = AGE_AXIS): number {
  return axis.scaleSeconds * Math.expm1(offset / (axis.compression * width));
}

/** Age in seconds at which a point leaves the panel on the left. */
export function oldestAge(axis: AgeAxis = AGE_AXIS): number {
  return ageOfOffset(1, 1, axis);
}
