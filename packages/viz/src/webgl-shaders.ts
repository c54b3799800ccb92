// Pixels are counted from the top left as on the 2D canvas, and both shaders use the formulas of canvas-renderer.ts, so
// that the two renderers draw the same picture.

/** Vertices of the confirmed side: squares on whole pixels. */
export const CLOUD_VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 point; // time, price
uniform vec2 view; // width, height
uniform vec4 plot; // left, top, width, height
uniform vec2 price; // lower edge, 1 / height of the axis
uniform vec2 time; // left edge, 1 / length of the axis
uniform float size;
void main() {
  vec2 at = plot.xy + plot.zw * vec2((point.x - time.x) * time.y, 1.0 - (point.y - price.x) * price.y);
  vec2 centre = floor(at - size * 0.5 + 0.5) + size * 0.5;
  gl_PointSize = size;
  gl_Position = vec4(centre / view * vec2(2, -2) + vec2(-1, 1), 0, 1);
}`;

/** Every pixel of a square alike. */
export const CLOUD_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 color;
out vec4 result;
void main() {
  result = vec4(color.rgb * color.a, color.a);
}`;

/** Vertices of the mempool side: discs on the compressed age axis. */
export const DRIFT_VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 point; // time, price
uniform vec2 view;
uniform vec4 plot;
uniform vec2 price;
uniform vec3 age; // now, compression * width, scale
uniform vec2 radii; // at the right edge, at the left edge
flat out vec3 disc; // centre, radius
void main() {
  float offset = age.y * log(1.0 + max(0.0, age.x - point.x) / age.z);
  vec2 centre = plot.xy + vec2(plot.z - offset, plot.w * (1.0 - (point.y - price.x) * price.y));
  float radius = mix(radii.x, radii.y, offset / plot.z);
  disc = vec3(centre, radius);
  gl_PointSize = 2.0 * radius + 3.0;
  gl_Position = vec4(centre / view * vec2(2, -2) + vec2(-1, 1), 0, 1);
}`;

/** A pixel is covered as far as the disc's edge is beyond its centre. */
export const DRIFT_FRAGMENT = `#version 300 es
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
