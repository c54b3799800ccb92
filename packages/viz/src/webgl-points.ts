import type { PointColumns } from "./point-columns.ts";

/** A float of 32 bits tells half a millisecond apart over this many seconds; beyond, times are counted from a later moment. */
const BASE_SPAN_SECONDS = 4096;

/**
 * A store's points in the graphics memory: pairs of 32-bit floats (time, price), counted from a base because Unix seconds
 * would leave such a float with steps of two minutes. Only what is new is sent.
 */
export class WebglPoints {
  readonly #gl: WebGL2RenderingContext;
  readonly #buffer: WebGLBuffer;
  #staging = new Float32Array(0);
  #capacity = 0;
  #generation = -1;
  #points: PointColumns | null = null;
  #sentEnd = 0;
  /** What times are counted from, Unix seconds. */
  timeBase = 0;
  /** What prices are counted from, US dollars per bitcoin. */
  priceBase = 0;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#buffer = gl.createBuffer() as WebGLBuffer;
  }

  /** Sends what is not there yet, and binds the buffer. Point `i` of the store is vertex `i`. */
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
    // A first upload or a rebase needs much room once; after that a tick is a few points.
    if (staging.length > 8192) this.#staging = new Float32Array(0);
  }

  destroy(): void {
    this.#gl.deleteBuffer(this.#buffer);
  }
}
