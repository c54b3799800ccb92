import { ENGLISH_LABELS, filled } from "./labels.ts";
import { type Picture, useFittingText, useText } from "./picture.ts";
import type { Tone } from "./status.ts";
import { priceTone, type StateBadge, stateBadges } from "./stream-state.ts";
import { formatConfidence, formatCount, formatDuration, formatRange, formatUsd } from "./text-format.ts";
import type { HexColor, Theme } from "./theme.ts";

/** The color of a tone. */
export function toneColor(theme: Theme, tone: Tone): HexColor {
  return tone === "wait" ? theme.mutedText : theme[tone];
}

/**
 * `Received: 12,543 | Filtered: 8,234 | Active: 4,309 | Uptime: 1h 02m`, or null before the first
 * tick.
 */
export function countsLine(stats: Picture["view"]["live"], label: string = ENGLISH_LABELS.counts): string | null {
  const counts = stats?.stats;
  if (counts === undefined) return null;
  return filled(label, {
    received: formatCount(counts.total_received),
    filtered: formatCount(counts.total_filtered),
    active: formatCount(counts.active_in_window),
    uptime: formatDuration(counts.uptime_seconds),
  });
}

/** Title, price, confidence, interval and state above the plot, counts below. */
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
  const roomCss = widthCss - 2 * x - after - context.measureText(rest.join(" ")).width;

  const price = view.live?.price ?? null;
  const text = price === null ? "—" : formatUsd(price);
  useFittingText(picture, text, roomCss, toneColor(theme, tone), compact ? 2 : 2.4, "right", 600);
  context.fillText(text, widthCss - 12, fontSizeCss * 1.5);

  // Confidence and error bar of an old price say nothing about now.
  const isPast = tone === "bad";
  const interval = isPast ? null : (view.live?.interval ?? null);
  const facts = [
    price === null || isPast || view.live?.confidence === undefined
      ? null
      : filled(labels.confidence, { confidence: formatConfidence(view.live.confidence) }),
    interval === null || price === null
      ? null
      : filled(labels.interval, {
          low: formatUsd(interval.low),
          high: formatUsd(interval.high),
          range: formatRange(price, interval),
        }),
  ].filter((fact) => fact !== null);
  useText(picture, theme.text, 0.95, "right");
  context.fillText(facts.join("   "), widthCss - 12, fontSizeCss * 3.2, widthCss - 24);

  paintState(picture, x);
  const counts = countsLine(view.live, labels.counts);
  if (counts !== null) {
    useText(picture, theme.text, compact ? 0.85 : 1, "center");
    context.fillText(counts, widthCss / 2, layout.heightCss - fontSizeCss, widthCss - 12);
  }
}

/** The badges, in up to three lines on a phone, otherwise two. */
function paintState(picture: Picture, xCss: number): void {
  const { context, layout, theme, view } = picture;
  const { fontSizeCss, compact, widthCss } = layout;
  const gapCss = fontSizeCss * 1.5;
  const room = widthCss - 2 * xCss;
  useText(picture, theme.text, 0.9, "left");
  const widthOf = ({ text }: StateBadge): number => context.measureText(dotted(text)).width + gapCss;
  let y = fontSizeCss * 4.5;
  for (const line of badgeLines(stateBadges(view), widthOf, room + gapCss, compact ? 3 : 2)) {
    let left = xCss;
    for (const badge of line) {
      context.fillStyle = toneColor(theme, badge.tone);
      context.fillText(dotted(badge.text), left, y, room);
      left += widthOf(badge);
    }
    y += fontSizeCss * 1.25;
  }
}

function dotted(text: string): string {
  return `● ${text}`;
}

/**
 * Breaks badges into lines. If there are more than `linesMax`, badges with the tone `good` are
 * dropped, last first. Warnings are never dropped.
 * @param widthOf width of a badge and the gap after it, in the unit of `room`.
 */
export function badgeLines<T extends { readonly tone: Tone }>(
  badges: readonly T[],
  widthOf: (badge: T) => number,
  room: number,
  linesMax: number,
): T[][] {
  const lines: T[][] = [];
  let left = Number.POSITIVE_INFINITY;
  for (const badge of badges) {
    const width = widthOf(badge);
    if (left + width > room) {
      lines.push([]);
      left = 0;
    }
    lines.at(-1)?.push(badge);
    left += width;
  }
  if (lines.length <= linesMax) return lines;
  const spare = badges.map(({ tone }) => tone).lastIndexOf("good");
  if (spare < 0) return lines.slice(0, linesMax);
  return badgeLines(
    badges.filter((_, i) => i !== spare),
    widthOf,
    room,
    linesMax,
  );
}
