// The whole age axis: what is here decides where the canvas, WebGL, the labels and the pointer find
// a point.

import { checkObject } from "./argument.ts";

/** The logarithmic age axis: x = right - compression · width · ln(1 + age / scaleSeconds). */
export interface AgeAxis {
  readonly compression: number;
  readonly scaleSeconds: number;
}

/** Default axis: half of the panel shows the last 17 seconds, the whole panel 15 minutes. */
export const AGE_AXIS: AgeAxis = { compression: 0.1278, scaleSeconds: 0.36 };

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

/**
 * Speed at which a point of this age moves, in units of `width` per second: the derivative of
 * {@link offsetOfAge}.
 */
export function speedAtAge(ageSeconds: number, width: number, axis: AgeAxis = AGE_AXIS): number {
  return (axis.compression * width) / (axis.scaleSeconds + Math.max(0, ageSeconds));
}

/** {@link offsetOfAge} for shaders; `axis` is what {@link ageAxisUniform} returns. */
export const OFFSET_OF_AGE_GLSL = `float offsetOfAge(float ageSeconds, vec2 axis) {
  return axis.x * log(1.0 + max(0.0, ageSeconds) / axis.y);
}`;

/** The axis of a panel of this width as a uniform for {@link OFFSET_OF_AGE_GLSL}. */
export function ageAxisUniform(width: number, axis: AgeAxis = AGE_AXIS): readonly [number, number] {
  return [axis.compression * width, axis.scaleSeconds];
}

/** Age in seconds at which a point leaves the panel on the left. */
export function oldestAge(axis: AgeAxis = AGE_AXIS): number {
  checkObject(axis, "axis", "{ compression, scaleSeconds }");
  return ageOfOffset(1, 1, axis);
}
