import { VizError } from "./viz-error.ts";

/** Browsers refuse larger canvases or return ones that draw nothing. */
const SIDE_DEVICE_MAX = 8192;

/** The 2D context of a canvas, or the reason why the browser refuses it. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | VizError {
  let cause: unknown;
  try {
    const context = canvas.getContext("2d", { alpha: false });
    if (context !== null) return context;
  } catch (error) {
    cause = error;
  }
  return new VizError(
    "no_2d_context",
    "canvas: no 2D context. The browser blocks canvases, or the canvas already has a context of another type",
    { cause },
  );
}

/**
 * The canvas in device pixels. Follows its size on the page and the screen's pixel density, and
 * reports changes of either.
 */
export class CanvasSurface {
  readonly canvas: HTMLCanvasElement;
  /** Null if the browser refuses a context: no picture is drawn, and {@link problem} says why. */
  readonly context: CanvasRenderingContext2D | null;
  /** Why nothing can be drawn now; null if it can. */
  problem: VizError | null = null;
  widthCss = 0;
  heightCss = 0;
  /** Device pixels per CSS pixel. */
  ratio = 1;
  readonly #fixedRatio: number | null;
  readonly #onChange: () => void;
  readonly #observer: ResizeObserver | null;
  #density: MediaQueryList | null = null;
  /**
   * The size in device pixels that the browser reported, and the state of the page at that time.
   */
  #reported: { readonly width: number; readonly height: number; readonly state: string } | null = null;
  #widthDevice = 0;
  #heightDevice = 0;
  #styled = false;

  /**
   * @param target the canvas, or its id in the document.
   * @param fixedRatio device pixels per CSS pixel; null: the screen's.
   * @param onChange called when the canvas is blank or can no longer be drawn on.
   * @throws VizError `canvas_not_found`.
   */
  constructor(target: HTMLCanvasElement | string, fixedRatio: number | null, onChange: () => void) {
    const canvas = typeof target === "string" ? document.getElementById(target) : target;
    // Not `instanceof`: a canvas of another window (an iframe) is valid too.
    if (canvas?.nodeName?.toLowerCase() !== "canvas")
      throw new VizError(
        "canvas_not_found",
        `canvas: ${typeof target === "string" ? `no <canvas> with the id "${target}"` : "the argument is not a <canvas>"}`,
      );
    this.canvas = canvas as HTMLCanvasElement;
    const context = contextOf(this.canvas);
    if (context instanceof VizError) {
      this.context = null;
      this.problem = context;
    } else this.context = context;
    this.#fixedRatio = fixedRatio;
    this.#onChange = onChange;
    this.measure();
    this.#observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(this.#check);
    try {
      this.#observer?.observe(this.canvas, { box: "device-pixel-content-box" });
    } catch {
      // WebKit does not support that box: there the size is rounded from CSS pixels.
      this.#observer?.observe(this.canvas);
    }
    if (fixedRatio === null) this.#watchDensity();
    this.canvas.addEventListener("contextlost", this.#lost);
    this.canvas.addEventListener("contextrestored", this.#restored);
  }

  /** Measures size and density again. Returns whether they changed: the canvas is blank then. */
  measure(): boolean {
    const { canvas } = this;
    const ratio = this.#fixedRatio ?? (globalThis.devicePixelRatio || 1);
    // A canvas outside the document, or hidden, has no size on the page: use its last one, or its
    // attributes.
    const widthCss = canvas.clientWidth || this.widthCss || canvas.width;
    const heightCss = canvas.clientHeight || this.heightCss || canvas.height;
    const state = this.#stateOf(widthCss, heightCss, ratio);
    const reported = this.#reported?.state === state ? this.#reported : null;
    const limited = Math.min(ratio, SIDE_DEVICE_MAX / Math.max(widthCss, heightCss));
    const exact = reported !== null && limited === ratio;
    const widthDevice = exact ? reported.width : Math.round(widthCss * limited);
    const heightDevice = exact ? reported.height : Math.round(heightCss * limited);
    if (limited === this.ratio && widthDevice === this.#widthDevice && heightDevice === this.#heightDevice)
      return false;
    this.ratio = limited;
    canvas.width = this.#widthDevice = widthDevice;
    canvas.height = this.#heightDevice = heightDevice;
    this.widthCss = widthDevice / limited;
    this.heightCss = heightDevice / limited;
    // Without a CSS size the attributes are the size on the page: more device pixels would enlarge
    // it.
    if (
      canvas.clientWidth !== 0 &&
      (Math.abs(canvas.clientWidth - widthCss) > 1 || Math.abs(canvas.clientHeight - heightCss) > 1)
    ) {
      canvas.style.width = `${widthCss}px`;
      canvas.style.height = `${heightCss}px`;
      this.#styled = true;
    }
    return true;
  }

  destroy(): void {
    this.#observer?.disconnect();
    this.#density?.removeEventListener("change", this.#densityChanged);
    this.#density = null;
    this.canvas.removeEventListener("contextlost", this.#lost);
    this.canvas.removeEventListener("contextrestored", this.#restored);
    if (this.#styled) this.canvas.style.width = this.canvas.style.height = "";
  }

  readonly #lost = (): void => {
    this.problem = new VizError("context_lost", "canvas: the browser lost the context; it may restore it");
    this.#onChange();
  };

  readonly #restored = (): void => {
    this.problem = null;
    this.#onChange();
  };

  readonly #check = (entries?: readonly ResizeObserverEntry[]): void => {
    // The exact number of device pixels. At 110 % zoom a box of whole CSS pixels ends between two
    // device pixels, and the browser would stretch and blur a canvas one pixel too small.
    const box = entries?.at(-1)?.devicePixelContentBoxSize?.[0];
    if (box !== undefined && this.#fixedRatio === null) {
      const { clientWidth, clientHeight } = this.canvas;
      const ratio = globalThis.devicePixelRatio || 1;
      const { inlineSize: width, blockSize: height } = box;
      // Accept a difference of one pixel only. Browsers that emulate another device report the size
      // on the real one here.
      const near = Math.abs(width - clientWidth * ratio) <= ratio && Math.abs(height - clientHeight * ratio) <= ratio;
      this.#reported = near ? { width, height, state: this.#stateOf(clientWidth, clientHeight, ratio) } : null;
    }
    if (this.measure()) this.#onChange();
  };

  #stateOf(widthCss: number, heightCss: number, ratio: number): string {
    return `${widthCss} ${heightCss} ${ratio}`;
  }

  readonly #densityChanged = (): void => {
    this.#watchDensity();
    this.#check();
  };

  /** A media query matches one density only, so it is created again after each change. */
  #watchDensity(): void {
    if (typeof matchMedia === "undefined") return;
    this.#density?.removeEventListener("change", this.#densityChanged);
    this.#density = matchMedia(`(resolution: ${globalThis.devicePixelRatio}dppx)`);
    this.#density.addEventListener("change", this.#densityChanged);
  }
}
