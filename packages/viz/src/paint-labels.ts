import { checkObject } from "./argument.ts";
import type { MempoolData } from "./contracts.ts";
import { ENGLISH_LABELS, filled, type Labels } from "./labels.ts";
import { fillOutlinedText, type Picture, shortenedToFit, useFittingText, useText } from "./picture.ts";
import { type Scene, yOfPrice } from "./scene.ts";
import { isLoading, priceTone } from "./stream-state.ts";
import { formatBlockAge, formatLocal, formatUsd, formatUtc, formatUtcDate } from "./text-format.ts";
import type { HexColor } from "./theme.ts";

/** Width of a price label's tip, and the padding beside its text. */
const TIP_CSS = 6;
const TAG_PADDING_CSS = 3;

/** Price labels at their heights: confirmed average left, live price right. Returns the heights. */
export function paintPriceTags(picture: Picture, scene: Scene): { left: number[]; right: number[] } {
  const { theme, model, layout } = picture;
  const taken: { left: number[]; right: number[] } = { left: [], right: [] };
  const { plotCss } = layout;
  const average = model.chain?.price ?? null;
  if (average !== null && !isLoading(model))
    taken.left.push(...tag(picture, scene, average, "left", plotCss.left, theme.confirmed));
  const price = model.live?.price ?? null;
  if (price !== null)
    taken.right.push(...tag(picture, scene, price, "right", plotCss.left + plotCss.width, liveColor(picture)));
  return taken;
}

/** The mempool's color for a good price, otherwise a warning color. */
function liveColor({ theme, view }: Picture): HexColor {
  const tone = priceTone(view);
  return tone === "good" ? theme.mempool : theme[tone === "weak" ? "weak" : "bad"];
}

function tag(
  picture: Picture,
  scene: Scene,
  price: number,
  side: "left" | "right",
  xCss: number,
  color: HexColor,
): number[] {
  const { context, layout, ratio, theme } = picture;
  const { plotCss, fontSizeCss } = layout;
  const y = yOfPrice(price, scene) / ratio;
  if (y < plotCss.top || y > plotCss.top + plotCss.height) return [];
  const away = side === "left" ? -1 : 1;
  const text = formatUsd(price).slice(1);
  const roomCss = plotCss.left - TIP_CSS - 2 * TAG_PADDING_CSS;
  // A price with more digits than the margin allows shrinks instead of being cut off.
  useFittingText(picture, text, roomCss, color, layout.compact ? 0.85 : 0.9, side === "left" ? "right" : "left", 600);
  const width = Math.min(roomCss, context.measureText(text).width) + 2 * TAG_PADDING_CSS;
  const half = fontSizeCss * 0.75;
  // The tip of the label points at the price.
  context.beginPath();
  context.moveTo(xCss + away, y);
  context.lineTo(xCss + away * TIP_CSS, y - half);
  context.lineTo(xCss + away * (TIP_CSS + width), y - half);
  context.lineTo(xCss + away * (TIP_CSS + width), y + half);
  context.lineTo(xCss + away * TIP_CSS, y + half);
  context.fill();
  context.fillStyle = theme.background;
  context.fillText(text, xCss + away * (TIP_CSS + TAG_PADDING_CSS), y + 0.5, roomCss);
  return [y];
}

/**
 * Right-aligned text on a sign of the current color. Points that stand still do not show through.
 */
function fillSign({ context, layout, theme }: Picture, text: string, rightCss: number, yCss: number): void {
  const { fontSizeCss } = layout;
  const width = context.measureText(text).width + 2 * TAG_PADDING_CSS;
  context.fillRect(rightCss + TAG_PADDING_CSS - width, yCss - 0.8 * fontSizeCss, width, 1.6 * fontSizeCss);
  context.fillStyle = theme.background;
  context.fillText(text, rightCss, yCss + 0.5);
}

/** Live price and age of the last block. */
export function paintInnerLabels(picture: Picture): void {
  const { theme, labels, model, view, layout, wallSeconds, streamSeconds } = picture;
  const { mempoolCss, fontSizeCss } = layout;
  const right = mempoolCss.left + mempoolCss.width - 6;
  const room = mempoolCss.width - 18;
  const price = model.live?.price ?? null;
  const isPast = priceTone(view) === "bad";
  // A small panel has no room beside the points: the tag at the axis says the price now.
  if (price !== null && (isPast || !layout.compact)) {
    const text = filled(isPast ? labels.lastPrice : labels.average, { price: formatUsd(price) });
    useFittingText(picture, text, room, liveColor(picture), 1.1, "right");
    const y = mempoolCss.top + fontSizeCss * 1.2;
    if (isPast) fillSign(picture, text, right, y);
    else fillOutlinedText(picture, text, right, y);
  }
  const blockTime = isLoading(model)
    ? null
    : (model.live?.node?.last_block_timestamp ?? model.chain?.block_timestamp ?? null);
  if (blockTime !== null) {
    // Uses the stream's time: in a replay the block is as old as it was then.
    const age = formatBlockAge((streamSeconds ?? wallSeconds) - blockTime);
    const [long, short] = [filled(labels.lastBlock, { age }), filled(labels.lastBlockShort, { age })];
    const text = shortenedToFit(picture, long, short, room, theme.mempool, 1, "right");
    fillOutlinedText(picture, text, right, mempoolCss.top + mempoolCss.height - fontSizeCss * 1.1);
  }
}

/** The user's time and UTC under the mempool side, right of the labels under the other side. */
function paintClocks(picture: Picture, leftCss: number): void {
  const { theme, labels, model, layout, context, wallSeconds, streamSeconds } = picture;
  const { mempoolCss, fontSizeCss, compact } = layout;
  const edge = mempoolCss.left + mempoolCss.width;
  const bottom = mempoolCss.top + mempoolCss.height;
  // A replay shows its own time.
  const replayed = model.live?.source === "replay" && streamSeconds !== null;
  const seconds = replayed ? streamSeconds : wallSeconds;
  const local = formatLocal(seconds);
  const utc = formatUtc(seconds);
  const date = formatUtcDate(seconds);
  const named = filled(replayed ? labels.replayedTime : labels.currentTime, { time: local });
  // Local time equals UTC: show it once.
  const second = local === utc ? date : compact ? utc : `${date}  ${utc}`;
  for (const [line, y] of [
    [compact ? local : named, 2.05],
    [second, 3.15],
  ] as const) {
    useFittingText(
      picture,
      line,
      Math.min(mempoolCss.width, edge - leftCss - 8),
      theme.mempool,
      compact ? 0.85 : 0.9,
      "right",
    );
    context.fillText(line, edge, bottom + fontSizeCss * y);
  }
}

/**
 * Labels inside the panels and under the mempool side.
 * @param leftCss where the labels under the confirmed side end
 */
export function paintPanelLabels(picture: Picture, leftCss: number): void {
  const { theme, model, layout, context } = picture;
  const { mempoolCss, confirmedCss, fontSizeCss } = layout;
  if (mempoolCss.width > 0) {
    paintInnerLabels(picture);
    paintClocks(picture, leftCss);
  }
  if (model.confirmed.points.length === 0 && picture.labels.noConfirmed !== "") {
    useText(picture, theme.mutedText, 1, "center");
    fillOutlinedText(
      picture,
      picture.labels.noConfirmed,
      confirmedCss.left + confirmedCss.width / 2,
      confirmedCss.top + confirmedCss.height - fontSizeCss * 1.1,
    );
  }
  if (picture.scene === null) {
    useText(picture, theme.text, 1.3, "center");
    context.fillText(
      picture.labels.noPrice,
      layout.plotCss.left + layout.plotCss.width / 2,
      layout.plotCss.top + layout.plotCss.height / 2,
    );
  }
}

/** The watermark of prices that are not those of a real node; null for a node on the main chain. */
export function watermarkOf(
  data: Pick<MempoolData, "source" | "chain">,
  labels: Pick<Labels, "simulation" | "replay"> = ENGLISH_LABELS,
): string | null {
  checkObject(data, "data", "{ source, chain }");
  const { source, chain } = data;
  if (source === "simulation") return labels.simulation;
  if (source === "replay") return labels.replay;
  return chain != null && chain !== "main" ? chain.toUpperCase() : null;
}

/** A watermark if the prices are not those of a real node, so that no copy can pass for one. */
export function paintSourceMark(picture: Picture): void {
  const { model, layout, context, theme, labels } = picture;
  const text = watermarkOf(model.live ?? {}, labels);
  if (text === null) return;
  // On a phone one panel is too narrow for a word that can be read at a glance.
  const { left, top, width, height } = layout.compact ? layout.plotCss : layout.confirmedCss;
  const sizeShare = Math.min(5, width / layout.fontSizeCss / (layout.compact ? 7.5 : 9));
  useText(picture, theme.text, sizeShare, "center", "middle", 700);
  context.globalAlpha = layout.compact ? 0.22 : 0.16;
  context.fillText(text, left + width / 2, top + height * 0.2, width * 0.94);
  context.globalAlpha = 1;
}

/** A ring around the focused point. */
export function paintFocus({ context, ratio, theme, focus }: Picture): void {
  if (focus === null) return;
  const { xDevice, yDevice, radiusDevice } = focus;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  context.arc(xDevice, yDevice, radiusDevice + 3 * ratio, 0, 2 * Math.PI);
  context.strokeStyle = theme.background;
  context.lineWidth = 4 * ratio;
  context.stroke();
  context.strokeStyle = theme.text;
  context.lineWidth = 1.5 * ratio;
  context.stroke();
}
