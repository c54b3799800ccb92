import { blockMarks } from "./block-marks.ts";
import type { BlockPathPrice } from "./contracts.ts";
import type { Picture } from "./picture.ts";
import type { PriceHistory } from "./price-history.ts";
import { type Scene, xOfTime, yOfPrice } from "./scene.ts";
import { statusTone } from "./status.ts";
import { isLoading } from "./stream-state.ts";

const BAND_OPACITY = 0.2;
const EDGE_OPACITY = 0.55;
const LINE_WIDTH_CSS = 2;
/** Time before the first block: the mean time between blocks. */
const FIRST_SECONDS = 600;

/** One block's price, from the block before it to the block. Device pixels. */
interface Step {
  readonly left: number;
  readonly right: number;
  readonly price: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The price of each block with its 90 % band. Until it is computed the average of all blocks, but
 * not over a line of the price: an average across a moving cloud tells less.
 */
export function paintConfirmedPrice(picture: Picture, scene: Scene): void {
  const { model } = picture;
  if (isLoading(model)) return;
  const path = model.chain?.path ?? [];
  if (path.some((block) => block !== null)) paintPath(picture, scene, path);
  else if (!hasLine(model.history, scene)) paintAverage(picture, scene);
}

/** Whether the line of the price begins in the left half of the confirmed side. */
function hasLine({ times, prices, length }: PriceHistory, { confirmed }: Scene): boolean {
  const first = prices.findIndex((price) => !Number.isNaN(price));
  return first >= 0 && first < length && (times[first] as number) < (confirmed.timeStart + confirmed.timeEnd) / 2;
}

function paintPath(picture: Picture, scene: Scene, path: readonly (BlockPathPrice | null)[]): void {
  const marks = blockMarks(picture.model);
  const steps: Step[] = [];
  path.forEach((block, i) => {
    const to = marks[i]?.position;
    if (block === null || to === undefined) return;
    const from = marks[i - 1]?.position ?? to - FIRST_SECONDS;
    steps.push({
      left: xOfTime(from, scene.confirmed),
      right: xOfTime(to, scene.confirmed),
      price: yOfPrice(block.price, scene),
      low: yOfPrice(block.low, scene),
      high: yOfPrice(block.high, scene),
    });
  });
  paintSteps(picture, scene, steps);
}

function paintAverage(picture: Picture, scene: Scene): void {
  const { price, interval, status } = picture.model.chain ?? {};
  if (price == null) return;
  const { left, width } = scene.confirmed.panelDevice;
  const step: Step = {
    left,
    right: left + width,
    price: yOfPrice(price, scene),
    low: yOfPrice(interval?.low ?? price, scene),
    high: yOfPrice(interval?.high ?? price, scene),
  };
  paintSteps(picture, scene, [step], statusTone(status) === "weak");
}

/** A line of steps over its band; dashed if the confidence is low. */
function paintSteps(picture: Picture, scene: Scene, steps: readonly Step[], isWeak = false): void {
  const { context, theme, ratio } = picture;
  const { left, top, width, height } = scene.confirmed.panelDevice;
  const thin = Math.max(1, Math.floor(ratio));
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.fillStyle = theme.confirmed;
  for (const step of steps) {
    const [from, to] = [Math.round(step.left), Math.round(step.right)];
    const [high, low] = [Math.round(step.high), Math.round(step.low)];
    if (low <= high) continue;
    context.globalAlpha = BAND_OPACITY;
    context.fillRect(from, high, to - from, low - high);
    context.globalAlpha = EDGE_OPACITY;
    for (const edge of [high, low]) context.fillRect(from, edge, to - from, thin);
  }
  context.globalAlpha = 1;
  context.beginPath();
  let before: Step | null = null;
  for (const step of steps) {
    // The path is broken where a block has no price.
    if (before === null || Math.abs(step.left - before.right) > 1) context.moveTo(step.left, step.price);
    else context.lineTo(step.left, step.price);
    context.lineTo(step.right, step.price);
    before = step;
  }
  context.lineJoin = "round";
  // A dark outline separates the line from points of the same color.
  context.strokeStyle = theme.background;
  context.lineWidth = (LINE_WIDTH_CSS + 2) * ratio;
  context.stroke();
  context.setLineDash(isWeak ? [6 * ratio, 6 * ratio] : []);
  context.strokeStyle = theme.confirmed;
  context.lineWidth = LINE_WIDTH_CSS * ratio;
  context.stroke();
  context.restore();
}
