import { OFFSET_OF_AGE_GLSL } from "./age-axis.ts";

// Pixels count from the top left as on a 2D canvas. Both shaders use the formulas of
// canvas-renderer.ts, so that the two renderers draw the same picture.

/** Vertex shader of the confirmed side: squares on whole pixels. */
export const CONFIRMED_VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 point; // time, price
uniform vec2 view; // width, height
uniform vec4 plot; // left, top, width, height
uniform vec2 price; // lower edge, 1 / height of the axis
uniform vec2 time; // left edge, 1 / length of the axis
uniform float size;
void main() {
  vec2 at = plot.xy + plot.zw * vec2((point.x - time.x) * time.y, 1.0 - (point.y - price.x) * price.y);
  vec2 center = floor(at - size * 0.5 + 0.5) + size * 0.5;
  gl_PointSize = size;
  gl_Position = vec4(center / view * vec2(2, -2) + vec2(-1, 1), 0, 1);
}`;

/** Fragment shader: a square of one color. */
export const CONFIRMED_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 color;
out vec4 result;
void main() {
  result = vec4(color.rgb * color.a, color.a);
}`;

/** Vertex shader of the mempool side: discs on the age axis. */
export const MEMPOOL_VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 point; // time, price
uniform vec2 view;
uniform vec4 plot;
uniform vec2 price;
uniform float now;
uniform vec2 ageAxis;
uniform vec2 radii; // at the right edge, at the left edge
flat out vec3 disc; // center, radius
${OFFSET_OF_AGE_GLSL}
void main() {
  float offset = offsetOfAge(now - point.x, ageAxis);
  vec2 center = plot.xy + vec2(plot.z - offset, plot.w * (1.0 - (point.y - price.x) * price.y));
  float radius = mix(radii.x, radii.y, offset / plot.z);
  disc = vec3(center, radius);
  gl_PointSize = 2.0 * radius + 3.0;
  gl_Position = vec4(center / view * vec2(2, -2) + vec2(-1, 1), 0, 1);
}`;

/** Fragment shader: coverage is the distance of the disc's edge beyond the pixel's center. */
export const MEMPOOL_FRAGMENT = `#version 300 es
precision highp float;
flat in vec3 disc;
uniform vec4 color;
uniform vec2 view;
out vec4 result;
void main() {
  float alpha = clamp(disc.z + 0.5 - distance(vec2(gl_FragCoord.x, view.y - gl_FragCoord.y), disc.xy), 0.0, 1.0) * color.a;
  if (alpha <= 0.0) discard;
  result = vec4(color.rgb * alpha, alpha);
}`;
