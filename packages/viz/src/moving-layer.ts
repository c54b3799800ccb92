import { AdaptiveRenderer, type RendererChoice } from "./adaptive-renderer.ts";
import { type AgeAxis, offsetOfAge } from "./age-axis.ts";
import { paintGrid } from "./paint-axes.ts";
import { paintInnerLabels, paintSourceMark } from "./paint-labels.ts";
import { paintPriceLine } from "./paint-lines.ts";
import type { Picture } from "./picture.ts";
import { PointColumns } from "./point-columns.ts";
import type { Scene } from "./scene.ts";
import type { WebglFactory } from "./webgl-renderer.ts";

/** What is drawn once a second. */
function paintOver(picture: Picture, scene: Scene): void {
  paintGrid(picture, scene);
  paintPriceLine(picture, scene);
  if (picture.layout.compact) paintSourceMark(picture);
  paintInnerLabels(picture);
}

const NO_POINTS = new PointColumns(0);

const FRAMES_AVERAGED = 20;
/** Slower points are drawn once a second: they move a device pixel between two frames. */
const SPEED_MIN_DEVICE = 1;

/** Width at the right of a mempool side of this width in which points are faster than that. */
function movingWidth(width: number, axis: AgeAxis): number {
  const age = (axis.compression * width) / SPEED_MIN_DEVICE - axis.scaleSeconds;
  return Math.min(width, Math.ceil(offsetOfAge(age, width, axis)));
}

/**
 * A second canvas over the newest part of the mempool side. Between ticks only its dots move, so
 * only this canvas is drawn: browsers copy a changed canvas as a whole, which without a graphics
 * card costs more than the drawing.
 */
export class MovingLayer {
  readonly #base: HTMLCanvasElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #renderer: AdaptiveRenderer;
  /** Lines and labels over the dots, as of the last whole frame; null where it cannot be drawn. */
  readonly #over: CanvasRenderingContext2D | null;
  #place = "";
  /** Mean time that a frame takes to draw, milliseconds. */
  frameMs = 0;

  private constructor(
    base: HTMLCanvasElement,
    canvas: HTMLCanvasElement,
    context: CanvasRenderingContext2D,
    choice: RendererChoice,
    redraw: () => void,
    webgl: WebglFactory | null,
  ) {
    this.#base = base;
    this.#canvas = canvas;
    this.#context = context;
    this.#renderer = new AdaptiveRenderer(choice, redraw, webgl);
    this.#over = base.ownerDocument.createElement("canvas").getContext("2d");
    base.after(canvas);
  }

  /** Null if the browser provides no canvas. */
  static create(
    base: HTMLCanvasElement,
    choice: RendererChoice,
    redraw: () => void,
    webgl: WebglFactory | null,
  ): MovingLayer | null {
    const canvas = base.ownerDocument.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    Object.assign(canvas.style, { position: "absolute", pointerEvents: "none", visibility: "hidden" });
    const context = canvas.getContext("2d", { alpha: false });
    return context === null ? null : new MovingLayer(base, canvas, context, choice, redraw, webgl);
  }

  hide(): void {
    this.#canvas.style.visibility = "hidden";
  }

  /**
   * Draws the mempool side of a picture.
   * @param isWhole whether more than the dots may have changed.
   */
  draw(picture: Picture, scene: Scene, isWhole: boolean): void {
    const start = performance.now();
    const { ratio, layout } = picture;
    const { left, top, width: panelWidth, height } = scene.mempool.panelDevice;
    // A replay may run at any speed, and old points move fast then.
    const isReplay = picture.model.live?.source === "replay";
    const width = isReplay ? panelWidth : movingWidth(panelWidth, scene.mempool.axis);
    const hidden = panelWidth - width;
    this.#putOver((left + hidden) / ratio, top / ratio, width, height, ratio);
    const panel = { left: -hidden, top: 0, width: panelWidth, height };
    const ownScene: Scene = {
      ...scene,
      plotDevice: { left: 0, top: 0, width, height },
      confirmed: { ...scene.confirmed, points: NO_POINTS, panelDevice: { ...panel, left: 0, width: 0 } },
      mempool: { ...scene.mempool, panelDevice: panel },
    };
    const panelCss = { left: -hidden / ratio, top: 0, width: panelWidth / ratio, height: height / ratio };
    const own: Picture = {
      ...picture,
      context: this.#context,
      scene: ownScene,
      layout: {
        ...layout,
        plotCss: {
          ...panelCss,
          left: layout.plotCss.left - left / ratio - hidden / ratio,
          width: layout.plotCss.width,
        },
        confirmedCss: { ...panelCss, width: 0 },
        mempoolCss: panelCss,
      },
    };
    this.#renderer.draw(this.#context, ownScene);
    const over = this.#over;
    if (isWhole && over !== null) {
      // Also clears it.
      over.canvas.width = width;
      over.canvas.height = height;
      paintOver({ ...own, context: over }, ownScene);
    }
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    if (over === null) paintOver(own, ownScene);
    else this.#context.drawImage(over.canvas, 0, 0);
    this.#canvas.style.visibility = "visible";
    this.frameMs += (performance.now() - start - this.frameMs) / FRAMES_AVERAGED;
  }

  destroy(): void {
    this.#renderer.destroy();
    this.#canvas.remove();
  }

  #putOver(leftCss: number, topCss: number, widthDevice: number, heightDevice: number, ratio: number): void {
    const { offsetLeft, offsetTop, clientLeft, clientTop } = this.#base;
    const place = [offsetLeft, offsetTop, leftCss, topCss, widthDevice, heightDevice, ratio].join();
    if (place === this.#place) return;
    this.#place = place;
    if (this.#canvas.width !== widthDevice) this.#canvas.width = widthDevice;
    if (this.#canvas.height !== heightDevice) this.#canvas.height = heightDevice;
    Object.assign(this.#canvas.style, {
      left: `${offsetLeft + clientLeft + leftCss}px`,
      top: `${offsetTop + clientTop + topCss}px`,
      width: `${widthDevice / ratio}px`,
      height: `${heightDevice / ratio}px`,
    });
  }
}
