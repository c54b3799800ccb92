import type { AdaptiveRenderer } from "./adaptive-renderer.ts";
import { AGE_AXIS, type AgeAxis, oldestAge } from "./age-axis.ts";
import { ChartModel } from "./chart-model.ts";
import type { Place } from "./hit-test.ts";
import { type Labels, withEnglish } from "./labels.ts";
import { type Layout, layOut } from "./layout.ts";
import { paintPicture } from "./paint-picture.ts";
import { PriceRange } from "./price-range.ts";
import type { Scene } from "./scene.ts";
import { buildScene, type PointSizes } from "./scene-builder.ts";
import type { StreamView } from "./stream-state.ts";
import { DARK_THEME, type Theme } from "./theme.ts";

/** With less motion wanted, the picture's time goes in steps of this, instead of gliding. */
const STILL_STEP_SECONDS = 2;
/** Less than this is not seen. */
const VISIBLE_STEP_DEVICE = 0.25;

/** What a chart looks like; each has a default. */
export interface ChartViewOptions extends PointSizes {
  /** Default `DARK_THEME`. */
  readonly theme?: Theme;
  /** Words of the chart; what is left out stays English. */
  readonly labels?: Partial<Labels>;
  /** The compressed age axis of the mempool side. */
  readonly ageAxis?: AgeAxis;
  /** Whether only the confirmed side is shown, for a picture of blocks alone. Default false. */
  readonly confirmedOnly?: boolean;
  /** Most points held per side; the oldest make room. Default 200,000. */
  readonly pointsMax?: number;
}

/** How large a frame is. */
export interface SurfaceSize {
  readonly widthCss: number;
  readonly heightCss: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

/** Where a frame goes. */
export interface Surface extends SurfaceSize {
  readonly context: CanvasRenderingContext2D;
}

/** The moment that a frame shows. */
export interface Moment {
  /** Local monotonic seconds. */
  readonly now: number;
  /** The reader's clock, Unix seconds. */
  readonly wallSeconds: number;
}

/** The data with axes and colours: makes a frame of any size for any moment. */
export class ChartView {
  readonly model: ChartModel;
  readonly range: PriceRange = new PriceRange();
  theme: Theme;
  /** Whether nothing may glide (the reader asked for less motion). */
  still = false;
  #gliding = false;
  readonly labels: Labels;
  readonly #sizes: PointSizes;
  readonly #axis: AgeAxis;
  readonly #confirmedOnly: boolean;

  constructor(options: ChartViewOptions) {
    this.theme = options.theme ?? DARK_THEME;
    this.labels = withEnglish(options.labels);
    this.#sizes = options;
    this.#axis = options.ageAxis ?? AGE_AXIS;
    this.#confirmedOnly = options.confirmedOnly ?? false;
    this.model = new ChartModel(options.pointsMax ?? 200_000, oldestAge(this.#axis));
  }

  /** Applies a message of the stream; see {@link ChartModel.apply}. */
  apply(message: unknown, now: number, judged: boolean): boolean {
    if (!this.model.apply(message, now, judged)) return false;
    const live = this.model.live?.price ?? null;
    const confirmed = this.model.chain?.price ?? null;
    const price = live ?? confirmed;
    if (price !== null) this.range.follow(price, live === null ? null : confirmed, now, !this.still);
    return true;
  }

  /** Moves the price axis to where it is at this moment; to be called before {@link scene}. */
  step(now: number): void {
    this.#gliding = this.range.step(now);
  }

  /**
   * Milliseconds until the picture differs from the one of this moment: 0 for the next frame, null when it will not by
   * itself. Old points move slowly; until the newest one has gone a quarter of a pixel, another frame would show nothing.
   */
  restMs(scene: Scene | null, now: number): number | null {
    if (this.#gliding) return 0;
    if (scene === null || this.still || !this.model.clock.moves(now)) return null;
    const { points, panelDevice, axis } = scene.drift;
    if (points.length === 0) return null;
    const age = scene.drift.now - (points.positions[points.end - 1] as number);
    if (age <= 0) return 0;
    return (1000 * VISIBLE_STEP_DEVICE * (axis.scaleSeconds + age)) / (axis.compression * panelDevice.width);
  }

  /** Where everything stands in a frame. */
  layout({ widthCss, heightCss }: SurfaceSize, caption: boolean): Layout {
    return layOut(widthCss, heightCss, caption, this.#confirmedOnly);
  }

  /** What the renderers have to draw; null before the first price. */
  scene(size: SurfaceSize, caption: boolean, { now, wallSeconds }: Moment): Scene | null {
    if (Number.isNaN(this.range.low)) return null;
    const layout = this.layout(size, caption);
    const time = this.#streamSeconds(now) ?? wallSeconds;
    return buildScene(this.model, this.range, layout, size.ratio, this.theme, time, this.#sizes, this.#axis);
  }

  /** Draws a frame of `scene`. */
  paint(
    surface: Surface,
    caption: boolean,
    scene: Scene | null,
    renderer: Pick<AdaptiveRenderer, "draw">,
    view: StreamView,
    { now, wallSeconds }: Moment,
    focus: Place | null,
  ): void {
    paintPicture(
      {
        context: surface.context,
        ratio: surface.ratio,
        layout: this.layout(surface, caption),
        theme: this.theme,
        labels: this.labels,
        model: this.model,
        view,
        scene,
        streamSeconds: this.#streamSeconds(now),
        wallSeconds,
        focus,
      },
      renderer,
    );
  }

  #streamSeconds(now: number): number | null {
    const { clock } = this.model;
    const seconds = this.still ? clock.latest - (clock.latest % STILL_STEP_SECONDS) : clock.at(now);
    return Number.isNaN(seconds) ? null : seconds;
  }
}
