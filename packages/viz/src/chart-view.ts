import { AGE_AXIS, type AgeAxis, oldestAge, speedAtAge } from "./age-axis.ts";
import { ChartModel } from "./chart-model.ts";
import type { MempoolTick, ServerMessage } from "./contracts.ts";
import type { Place } from "./hit-test.ts";
import { type Labels, withEnglish } from "./labels.ts";
import { type Layout, layOut } from "./layout.ts";
import type { Picture } from "./picture.ts";
import { PriceRange } from "./price-range.ts";
import type { Scene } from "./scene.ts";
import { buildScene, type PointSizes } from "./scene-builder.ts";
import type { StreamView } from "./stream-state.ts";
import { DARK_THEME, type Theme } from "./theme.ts";

/** With reduced motion, the picture's time advances in steps of this length. */
const STILL_STEP_SECONDS = 2;
/** Smaller movements are invisible. */
const VISIBLE_STEP_DEVICE = 0.5;

/** Appearance of the chart; each setting has a default. */
export interface ChartViewOptions extends PointSizes {
  /** Colors. Default `DARK_THEME`. */
  readonly theme?: Theme;
  /**
   * Texts of chart and tooltip, except state badges. Default `ENGLISH_LABELS`; missing ones stay
   * English.
   */
  readonly labels?: Partial<Labels>;
  /**
   * The logarithmic age axis of the mempool side: x = right − compression · width · ln(1 + age /
   * scale). Default: 0.1278 and 0.36 s.
   */
  readonly ageAxis?: AgeAxis;
  /** Shows the confirmed side only. Default false. */
  readonly confirmedOnly?: boolean;
  /** Maximum number of points per side; the oldest are dropped. Default 200,000, 65 bytes each. */
  readonly pointsMax?: number;
}

/** Size of a frame. */
export interface SurfaceSize {
  readonly widthCss: number;
  readonly heightCss: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

/** The target of a frame. */
export interface Surface extends SurfaceSize {
  readonly context: CanvasRenderingContext2D;
}

/** The moment that a frame shows. */
export interface Moment {
  /** Local monotonic seconds. */
  readonly now: number;
  /** The user's clock, Unix seconds. */
  readonly wallSeconds: number;
}

/** The data with axes and colors. Makes a frame of any size for any moment. */
export class ChartView {
  readonly model: ChartModel;
  readonly range: PriceRange = new PriceRange();
  theme: Theme;
  /** Whether animations are off (the user prefers reduced motion). */
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
  apply(message: ServerMessage | MempoolTick, now: number): boolean {
    return this.#follow(this.model.apply(message, now), now);
  }

  /** Checks a message from elsewhere and applies it. */
  applyUnchecked(message: unknown, now: number): boolean {
    return this.#follow(this.model.applyUnchecked(message, now), now);
  }

  /** Moves the price axis to a price that has changed. */
  #follow(isChanged: boolean, now: number): boolean {
    if (!isChanged) return false;
    const live = this.model.live?.price ?? null;
    const confirmed = this.model.chain?.price ?? null;
    const price = live ?? confirmed;
    if (price !== null) this.range.follow(price, live === null ? null : confirmed, now, !this.still);
    return true;
  }

  /** Moves the price axis to its position at `now`. Call it before {@link scene}. */
  step(now: number): void {
    this.#gliding = this.range.step(now);
  }

  /**
   * Milliseconds until the picture changes by itself: 0 for the next frame, null for never. Old
   * points move slowly: no frame is due until the newest point moved half a device pixel.
   */
  msUntilChange(scene: Scene | null, now: number): number | null {
    if (this.#gliding) return 0;
    if (scene === null || this.still || !this.model.clock.moves(now)) return null;
    const { points, panelDevice, axis } = scene.mempool;
    if (points.length === 0) return null;
    const age = scene.mempool.now - (points.positions[points.end - 1] as number);
    if (age <= 0) return 0;
    return (1000 * VISIBLE_STEP_DEVICE) / speedAtAge(age, panelDevice.width, axis);
  }

  /** Positions of the parts of a frame. */
  layout({ widthCss, heightCss }: SurfaceSize, caption: boolean): Layout {
    return layOut(widthCss, heightCss, caption, this.#confirmedOnly);
  }

  /** The renderers' input; null before the first price. */
  scene(size: SurfaceSize, caption: boolean, { now, wallSeconds }: Moment): Scene | null {
    if (Number.isNaN(this.range.low)) return null;
    const layout = this.layout(size, caption);
    const time = this.#streamSeconds(now) ?? wallSeconds;
    return buildScene(this.model, this.range, layout, size.ratio, this.theme, time, this.#sizes, this.#axis);
  }

  /** Whether the price axis moves. */
  get gliding(): boolean {
    return this.#gliding;
  }

  /** The painters' input for a frame of `scene`. */
  picture(
    surface: Surface,
    caption: boolean,
    scene: Scene | null,
    view: StreamView,
    { now, wallSeconds }: Moment,
    focus: Place | null,
  ): Picture {
    return {
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
    };
  }

  #streamSeconds(now: number): number | null {
    const { clock } = this.model;
    const seconds = this.still ? clock.latest - (clock.latest % STILL_STEP_SECONDS) : clock.at(now);
    return Number.isNaN(seconds) ? null : seconds;
  }
}
