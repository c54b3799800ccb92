import { type Picture, useText } from "./picture.ts";
import { priceTone, stateBadges, type Tone } from "./stream-state.ts";
import { formatConfidence, formatCount, formatDuration, formatUsd } from "./text-format.ts";
import type { HexColor, Theme } from "./theme.ts";

/** The colour of a tone. */
export function toneColor(theme: Theme, tone: Tone): HexColor {
  return tone === "wait" ? theme.mutedText : theme[tone];
}

/** `Received: 12,543 | Filtered: 8,234 | Active: 4,309 | Uptime: 1h 02m`, or null before the first tick. */
export function countsLine(stats: Picture["view"]["live"]): string | null {
  const counts = stats?.stats;
  if (counts === undefined) return null;
  return [
    `Received: ${formatCount(counts.total_received)}`,
    `Filtered: ${formatCount(counts.total_filtered)}`,
    `Active: ${formatCount(counts.active_in_window)}`,
    `Uptime: ${formatDuration(counts.uptime_seconds)}`,
  ].join(" | ");
}

/** Title, price, confidence, interval and state above the plot, the counts below: for a chart that stands alone. */
export function paintCaption(picture: Picture): void {
  const { context, layout, theme, view, labels } = picture;
  if (layout.headerHeightCss === 0) return;
  const { fontSizeCss, widthCss, compact } = layout;
  const tone = priceTone(view);
  const [first = "", ...rest] = labels.title.split(" ");
  useText(picture, theme.confirmed, 1.5, "left", "middle", 600);
  const y = fontSizeCss * 1.4;
  const x = 12;
  context.fillText(first, x, y);
  const after = x + context.measureText(`${first} `).width;
  context.fillStyle = theme.mempool;
  context.fillText(rest.join(" "), after, y);

  const price = view.live?.price ?? null;
  useText(picture, toneColor(theme, tone), compact ? 2 : 2.4, "right", "middle", 600);
  context.fillText(price === null ? "—" : formatUsd(price), widthCss - 12, fontSizeCss * 1.5);

  const interval = view.live?.interval ?? null;
  const facts = [
    price === null || view.live?.confidence === undefined
      ? null
      : `Confidence ${formatConfidence(view.live.confidence)}`,
    interval === null ? null : `90 %: ${formatUsd(interval.low)} – ${formatUsd(interval.high)}`,
  ].filter((fact) => fact !== null);
  useText(picture, theme.text, 0.95, "right");
  context.fillText(facts.join("   "), widthCss - 12, fontSizeCss * 3.2, widthCss - 24);

  useText(picture, theme.text, 0.9, "left");
  let left = x;
  const stateY = fontSizeCss * (compact ? 5 : 4.6);
  for (const badge of stateBadges(view)) {
    context.fillStyle = toneColor(theme, badge.tone);
    const text = `● ${badge.text}`;
    const width = context.measureText(text).width;
    if (left > x && left + width > widthCss - 12) break;
    context.fillText(text, left, stateY, widthCss - 24);
    left += width + fontSizeCss * 1.5;
  }
  const counts = countsLine(view.live);
  if (counts !== null) {
    useText(picture, theme.text, compact ? 0.85 : 1, "center");
    context.fillText(counts, widthCss / 2, layout.heightCss - fontSizeCss, widthCss - 12);
  }
}
