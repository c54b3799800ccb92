import type { PointColumns } from "./point-columns.ts";

/**
 * A 32-bit float has a resolution of half a millisecond over this range. A later time needs a new
 * base.
 */
const BASE_SPAN_SECONDS = 4096;

/**
 * The points in GPU memory: pairs of 32-bit floats (time, price), relative to a base, because such
 * a float holds Unix seconds only to two minutes. Uploads new points only.
 */
export class WebglPoints {
  readonly #gl: WebGL2RenderingContext;
  readonly #buffer: WebGLBuffer;
  #staging = new Float32Array(0);
  #capacity = 0;
  #generation = -1;
  #points: PointColumns | null = null;
  #sentEnd = 0;
  /** Base of the times, Unix seconds. */
  timeBase = 0;
  /** Base of the prices, US dollars per bitcoin. */
  priceBase = 0;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#buffer = gl.createBuffer() as WebGLBuffer;
  }

  /** Uploads new points and binds the buffer. Point `i` of the store is vertex `i`. */
  sync(points: PointColumns): void {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    const { end } = points;
    if (end === points.start) return;
    const newest = points.positions[end - 1] as number;
    const whole =
      points !== this.#points ||
      points.generation !== this.#generation ||
      end > this.#capacity ||
      Math.abs(newest - this.timeBase) > BASE_SPAN_SECONDS;
    if (whole) {
      this.#points = points;
      this.#generation = points.generation;
      this.timeBase = newest;
      this.priceBase = points.prices[end - 1] as number;
      this.#sentEnd = points.start;
      if (end > this.#capacity) {
        this.#capacity = points.positions.length;
        gl.bufferData(gl.ARRAY_BUFFER, this.#capacity * 8, gl.DYNAMIC_DRAW);
      }
    }
    const from = this.#sentEnd;
    if (from >= end) return;
    if (this.#staging.length < 2 * (end - from)) this.#staging = new Float32Array(Math.max(256, 2 * (end - from)));
    const staging = this.#staging;
    for (let i = from, k = 0; i < end; i++) {
      staging[k++] = (points.positions[i] as number) - this.timeBase;
      staging[k++] = (points.prices[i] as number) - this.priceBase;
    }
    gl.bufferSubData(gl.ARRAY_BUFFER, from * 8, staging, 0, 2 * (end - from));
    this.#sentEnd = end;
    // The first upload and a new base need much room once; later ticks are a few points.
    if (staging.length > 8192) this.#staging = new Float32Array(0);
  }

  destroy(): void {
    this.#gl.deleteBuffer(this.#buffer);
  }
}
