import { AGE_AXIS, type AgeAxis } from "./age-axis.ts";
import { type ChartModel, CONFIRMED_HOURS } from "./chart-model.ts";
import { type Layout, toDevice } from "./layout.ts";
import type { PriceRange } from "./price-range.ts";
import type { Scene } from "./scene.ts";
import { parseColor, type Theme } from "./theme.ts";

/** Sizes of the points; CSS pixels. */
export interface PointSizes {
  /** Radius of a new point. Default 7. */
  readonly radiusNearCss?: number;
  /** Radius of a point about to leave on the left. Default 1.8. */
  readonly radiusFarCss?: number;
  /** Side of a dot of the confirmed side. Default: 1 to 2, by the number of points. */
  readonly dotSizeCss?: number;
}

const RADIUS_NEAR = 7;
const RADIUS_FAR = 1.8;
/** Width of the mempool side at which the radii apply; they scale with it. */
const PANEL_WIDTH = 258;
/** From this many points on, discs shrink to keep the covered area constant. */
const CROWD = 900;
const CROWD_SCALE_MIN = 0.3;
/** Target share of the confirmed side that dots cover: many dots are smaller. */
const DOT_COVER = 0.04;
const DOT_SIZE_MIN = 1;
const DOT_SIZE_MAX = 2;
/** Dots are translucent, so that dense areas are visible. */
const CONFIRMED_OPACITY = 0.8;

/** Builds the scene of the model at a moment. The price axis must exist. */
export function buildScene(
  model: ChartModel,
  range: PriceRange,
  layout: Layout,
  ratio: number,
  theme: Theme,
  streamSeconds: number,
  sizes: PointSizes = {},
  axis: AgeAxis = AGE_AXIS,
): Scene {
  const mempoolDevice = toDevice(layout.mempoolCss, ratio);
  const confirmedDevice = toDevice(layout.confirmedCss, ratio);
  const size = Math.min(1.4, Math.max(0.55, layout.mempoolCss.width / PANEL_WIDTH));
  const crowd = Math.max(CROWD_SCALE_MIN, Math.min(1, Math.sqrt(CROWD / Math.max(1, model.mempool.length))));
  const scale = size * crowd * ratio;
  const roomCss = (layout.confirmedCss.width * layout.confirmedCss.height) / Math.max(1, model.confirmed.points.length);
  const dotCss = sizes.dotSizeCss ?? Math.min(DOT_SIZE_MAX, Math.max(DOT_SIZE_MIN, Math.sqrt(DOT_COVER * roomCss)));
  const spanSeconds = 3600 * (model.chain?.window?.hours || CONFIRMED_HOURS);
  // The axis ends at the stream's time, rounded to a device pixel, so that the cached layer is
  // redrawn only when it moves by one.
  const step = spanSeconds / confirmedDevice.width;
  const newestBlock = model.confirmed.blocks.at(-1)?.position ?? Number.NEGATIVE_INFINITY;
  // A chart of blocks alone ends at its newest block.
  const timeNow = layout.mempoolCss.width === 0 && model.live === null ? newestBlock : streamSeconds;
  const timeEnd = Math.ceil(Math.max(timeNow, newestBlock) / step) * step;
  return {
    plotDevice: toDevice(layout.plotCss, ratio),
    background: parseColor(theme.background),
    priceLow: range.low,
    priceHigh: range.high,
    confirmed: {
      points: model.confirmed.points,
      panelDevice: confirmedDevice,
      timeStart: timeEnd - spanSeconds,
      timeEnd,
      dotSizeDevice: Math.max(1, Math.round(dotCss * ratio)),
      color: parseColor(theme.confirmed),
      opacity: CONFIRMED_OPACITY,
    },
    mempool: {
      points: model.mempool,
      panelDevice: mempoolDevice,
      now: streamSeconds,
      axis,
      radiusNearDevice: (sizes.radiusNearCss ?? RADIUS_NEAR) * scale,
      radiusFarDevice: Math.max(0.8 * ratio, (sizes.radiusFarCss ?? RADIUS_FAR) * scale),
      color: parseColor(theme.mempool),
      opacity: 1,
    },
  };
}
