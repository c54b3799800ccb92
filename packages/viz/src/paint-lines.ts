import { offsetOfAge, oldestAge } from "./age-axis.ts";
import { ROW_KIND } from "./history-columns.ts";
import type { Rect } from "./layout.ts";
import type { Picture } from "./picture.ts";
import type { PriceHistory } from "./price-history.ts";
import { type Scene, xOfTime, yOfPrice } from "./scene.ts";

/** Opacity of the 90 % band over the points. */
const BAND_OPACITY = 0.2;
const EDGE_OPACITY = 0.55;
/** Opacity of the band where the confidence is low. The line is dashed there. */
const LOW_CONFIDENCE_OPACITY = 0.08;
const LINE_WIDTH_CSS = 2;
/** A shorter line on the confirmed side is not drawn. */
const SLIVER_CSS = 24;

/** The price with its 90 % band, across both panels. */
export function paintPriceLine(picture: Picture, scene: Scene): void {
  const { model } = picture;
  const { mempool, confirmed } = scene;
  const edge = mempool.panelDevice.left + mempool.panelDevice.width;
  const { history } = model;
  const first = history.prices.findIndex((price) => !Number.isNaN(price));
  const since =
    first >= 0 && first < history.length
      ? xOfTime(history.times[first] as number, confirmed)
      : Number.POSITIVE_INFINITY;
  // A line of a few pixels would only be a sliver at the panel's edge.
  if (since < confirmed.panelDevice.left + confirmed.panelDevice.width - SLIVER_CSS * picture.ratio)
    paintHistory(
      picture,
      scene,
      history,
      confirmed.panelDevice,
      (time) => xOfTime(time, confirmed),
      confirmed.timeStart,
      confirmed.timeEnd,
    );
  paintHistory(
    picture,
    scene,
    history,
    mempool.panelDevice,
    (time) => edge - offsetOfAge(mempool.now - time, mempool.panelDevice.width, mempool.axis),
    mempool.now - oldestAge(mempool.axis),
    mempool.now,
  );
}

function paintHistory(
  picture: Picture,
  scene: Scene,
  history: PriceHistory,
  panel: Rect,
  xOf: (time: number) => number,
  timeStart: number,
  timeEnd: number,
): void {
  const { context } = picture;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.save();
  context.beginPath();
  context.rect(panel.left, panel.top, panel.width, panel.height);
  context.clip();
  for (let from = history.indexAt(timeStart); from < history.length; ) {
    if (Number.isNaN(history.prices[from])) {
      from++;
      continue;
    }
    let to = from;
    while (to + 1 < history.length && !Number.isNaN(history.prices[to + 1])) to++;
    const xs: number[] = [];
    const entries: number[] = [];
    let lastX = Number.NEGATIVE_INFINITY;
    for (let i = from; i <= to; i++) {
      const time = Math.min(history.times[i] as number, timeEnd);
      const x = xOf(time);
      const nextX = i < to ? xOf(history.times[i + 1] as number) : Number.POSITIVE_INFINITY;
      // Left of the panel only the last entry counts. Within half a pixel one entry is enough, and
      // the one where the reliability changes is kept.
      const turns = i > from && history.kinds[i] !== history.kinds[i - 1];
      if (nextX < panel.left || (i > from && i < to && !turns && x - lastX < 0.5)) continue;
      lastX = x;
      xs.push(x);
      entries.push(i);
    }
    paintStretches(picture, scene, history, xs, entries);
    from = to + 1;
  }
  context.restore();
}

/** Draws an unbroken line in stretches of equal kind. A step belongs to its later entry. */
function paintStretches(picture: Picture, scene: Scene, history: PriceHistory, xs: number[], entries: number[]): void {
  const stretches: { first: number; last: number; kind: number }[] = [];
  for (let k = 0; k < entries.length; k++) {
    const kind = history.kinds[entries[k] as number] as number;
    const current = stretches.at(-1);
    if (current !== undefined && current.kind === kind) current.last = k;
    else stretches.push({ first: Math.max(0, k - 1), last: k, kind });
  }
  for (const { first, last, kind } of stretches) paintRibbon(picture, scene, history, xs, entries, first, last, kind);
  for (const { first, last, kind } of stretches) paintLine(picture, scene, history, xs, entries, first, last, kind);
}

function paintLine(
  { context, ratio, theme }: Picture,
  scene: Scene,
  history: PriceHistory,
  xs: number[],
  entries: number[],
  first: number,
  last: number,
  kind: number,
): void {
  context.beginPath();
  for (let k = first; k <= last; k++)
    context.lineTo(xs[k] as number, yOfPrice(history.prices[entries[k] as number] as number, scene));
  context.lineJoin = "round";
  context.strokeStyle = theme.background;
  context.lineWidth = (LINE_WIDTH_CSS + 2) * ratio;
  context.stroke();
  context.setLineDash(kind === ROW_KIND.weak ? [3 * ratio, 3 * ratio] : []);
  context.strokeStyle = kind === ROW_KIND.confirmed ? theme.confirmed : theme.mempool;
  context.lineWidth = LINE_WIDTH_CSS * ratio;
  context.stroke();
  context.setLineDash([]);
}

function paintRibbon(
  { context, theme, ratio }: Picture,
  scene: Scene,
  history: PriceHistory,
  xs: number[],
  entries: number[],
  first: number,
  last: number,
  kind: number,
): void {
  const known = (k: number): boolean => !Number.isNaN(history.lows[entries[k] as number]);
  const trace = (ends: Float64Array, from: number, to: number): void => {
    const step = from <= to ? 1 : -1;
    for (let k = from; k !== to + step; k += step)
      context.lineTo(xs[k] as number, yOfPrice(ends[entries[k] as number] as number, scene));
  };
  const reliable = kind !== ROW_KIND.weak;
  context.fillStyle = context.strokeStyle = kind === ROW_KIND.confirmed ? theme.confirmed : theme.mempool;
  context.lineWidth = Math.max(1, Math.floor(ratio));
  context.lineJoin = "round";
  for (let from = first; from <= last; from++) {
    if (!known(from)) continue;
    let to = from;
    while (to + 1 <= last && known(to + 1)) to++;
    context.beginPath();
    trace(history.highs, from, to);
    trace(history.lows, to, from);
    context.globalAlpha = reliable ? BAND_OPACITY : LOW_CONFIDENCE_OPACITY;
    context.fill();
    if (reliable) {
      context.globalAlpha = EDGE_OPACITY;
      for (const ends of [history.highs, history.lows]) {
        context.beginPath();
        trace(ends, from, to);
        context.stroke();
      }
    }
    from = to;
  }
  context.globalAlpha = 1;
}
