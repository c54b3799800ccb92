import { VizError } from "./viz-error.ts";

/** Browsers refuse larger canvases, or hand out ones that draw nothing. */
const SIDE_DEVICE_MAX = 8192;

/** The 2D context of a canvas, or why there is none: browsers and extensions may refuse it. */
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
    "canvas: the browser gives no 2D context; does it block canvases, or was another kind of context taken from this one?",
    { cause },
  );
}

/**
 * The canvas as a surface of device pixels: follows its size on the page and the density of the screen, and says when
 * either changed.
 */
export class CanvasSurface {
  readonly canvas: HTMLCanvasElement;
  /** Null where the browser gives none: then there is no picture, and {@link problem} says why. */
  readonly context: CanvasRenderingContext2D | null;
  /** Why nothing can be drawn now; null when it can. */
  problem: VizError | null = null;
  widthCss = 0;
  heightCss = 0;
  /** Device pixels per CSS pixel. */
  ratio = 1;
  readonly #fixedRatio: number | null;
  readonly #onChange: () => void;
  readonly #observer: ResizeObserver | null;
  #density: MediaQueryList | null = null;
  /** Size that the browser told in device pixels, and the state of the page that it was told for. */
  #told: { readonly width: number; readonly height: number; readonly state: string } | null = null;
  #widthDevice = 0;
  #heightDevice = 0;
  #styled = false;

  /**
   * @param target the canvas, or its id in the document.
   * @param fixedRatio device pixels per CSS pixel; null: the screen's.
   * @param onChange called when the canvas is blank, or can no longer be drawn on.
   * @throws VizError `canvas_not_found`.
   */
  constructor(target: HTMLCanvasElement | string, fixedRatio: number | null, onChange: () => void) {
    const canvas = typeof target === "string" ? document.getElementById(target) : target;
    // Not `instanceof`: a canvas of another window (an iframe) is as good.
    if (canvas?.nodeName?.toLowerCase() !== "canvas")
      throw new VizError(
        "canvas_not_found",
        `canvas: no <canvas> found for ${typeof target === "string" ? `the id "${target}"` : "what was given"}`,
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
      // WebKit does not know that box: the size is rounded from CSS pixels there.
      this.#observer?.observe(this.canvas);
    }
    if (fixedRatio === null) this.#watchDensity();
    this.canvas.addEventListener("contextlost", this.#lost);
    this.canvas.addEventListener("contextrestored", this.#restored);
  }

  /** Takes size and density anew; returns whether they changed. The canvas is blank after a change. */
  measure(): boolean {
    const { canvas } = this;
    const ratio = this.#fixedRatio ?? (globalThis.devicePixelRatio || 1);
    // A canvas outside the document, or not shown, has no size on the page: its last one holds then, or its attributes.
    const widthCss = canvas.clientWidth || this.widthCss || canvas.width;
    const heightCss = canvas.clientHeight || this.heightCss || canvas.height;
    const state = this.#stateOf(widthCss, heightCss, ratio);
    const told = this.#told?.state === state ? this.#told : null;
    const limited = Math.min(ratio, SIDE_DEVICE_MAX / Math.max(widthCss, heightCss));
    const exact = told !== null && limited === ratio;
    const widthDevice = exact ? told.width : Math.round(widthCss * limited);
    const heightDevice = exact ? told.height : Math.round(heightCss * limited);
    if (limited === this.ratio && widthDevice === this.#widthDevice && heightDevice === this.#heightDevice)
      return false;
    this.ratio = limited;
    canvas.width = this.#widthDevice = widthDevice;
    canvas.height = this.#heightDevice = heightDevice;
    this.widthCss = widthDevice / limited;
    this.heightCss = heightDevice / limited;
    // Without a size from a style sheet the attributes are the size on the page: more device pixels would enlarge it.
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
    this.problem = new VizError("context_lost", "canvas: the browser took the context away, and may give it back");
    this.#onChange();
  };

  readonly #restored = (): void => {
    this.problem = null;
    this.#onChange();
  };

  readonly #check = (entries?: readonly ResizeObserverEntry[]): void => {
    // The exact number of device pixels: on a page at 110 % a box of whole CSS pixels ends between two of them, and a
    // canvas a pixel too small would be stretched, and blurred, by the browser.
    const box = entries?.at(-1)?.devicePixelContentBoxSize?.[0];
    if (box !== undefined && this.#fixedRatio === null) {
      const { clientWidth, clientHeight } = this.canvas;
      const ratio = globalThis.devicePixelRatio || 1;
      const { inlineSize: width, blockSize: height } = box;
      // It refines the size by a pixel. Browsers that act as another device tell the size on the real one here.
      const near = Math.abs(width - clientWidth * ratio) <= ratio && Math.abs(height - clientHeight * ratio) <= ratio;
      this.#told = near ? { width, height, state: this.#stateOf(clientWidth, clientHeight, ratio) } : null;
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

  /** A query matches one density only, so it is made anew after each change. */
  #watchDensity(): void {
    if (typeof matchMedia === "undefined") return;
    this.#density?.removeEventListener("change", this.#densityChanged);
    this.#density = matchMedia(`(resolution: ${globalThis.devicePixelRatio}dppx)`);
    this.#density.addEventListener("change", this.#densityChanged);
  }
}
