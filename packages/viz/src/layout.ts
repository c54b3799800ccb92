/** A rectangle. The property's name states the unit. y grows downwards. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Positions of the chart's parts, in CSS pixels. */
export interface Layout {
  readonly widthCss: number;
  readonly heightCss: number;
  /** The frame: both panels side by side. */
  readonly plotCss: Rect;
  readonly confirmedCss: Rect;
  readonly mempoolCss: Rect;
  /** Height of title, price and state at the top; 0 without caption. */
  readonly headerHeightCss: number;
  /** Height of the counts at the bottom; 0 without caption. */
  readonly footerHeightCss: number;
  /** Phone width: shorter labels. */
  readonly compact: boolean;
  readonly fontSizeCss: number;
}

/** Share of the width for the confirmed side. */
const CONFIRMED_SHARE = 0.7;
const CONFIRMED_SHARE_COMPACT = 0.56;
const COMPACT_WIDTH = 600;

/**
 * Divides the canvas.
 * @param caption whether the chart draws title, price, state and counts.
 * @param confirmedOnly whether the confirmed side takes the whole width.
 */
export function layOut(widthCss: number, heightCss: number, caption: boolean, confirmedOnly = false): Layout {
  const compact = widthCss < COMPACT_WIDTH;
  const fontSizeCss = compact ? 12 : Math.round(Math.min(18, Math.max(13, 8 + widthCss / 200)));
  const headerHeightCss = caption ? Math.round(fontSizeCss * (compact ? 8 : 6.2)) : 0;
  const footerHeightCss = caption ? Math.round(fontSizeCss * 2) : 0;
  const marginSide = Math.round(fontSizeCss * (compact ? 5.2 : 5.4));
  const top = headerHeightCss + Math.round(fontSizeCss * 2);
  const bottom = footerHeightCss + Math.round(fontSizeCss * 3.6);
  const plotCss: Rect = {
    left: marginSide,
    top,
    width: Math.max(1, widthCss - 2 * marginSide),
    height: Math.max(1, heightCss - top - bottom),
  };
  const share = confirmedOnly ? 1 : compact ? CONFIRMED_SHARE_COMPACT : CONFIRMED_SHARE;
  const confirmedWidth = Math.round(plotCss.width * share);
  return {
    widthCss,
    heightCss,
    plotCss,
    confirmedCss: { ...plotCss, width: confirmedWidth },
    mempoolCss: { ...plotCss, left: plotCss.left + confirmedWidth, width: plotCss.width - confirmedWidth },
    headerHeightCss,
    footerHeightCss,
    compact,
    fontSizeCss,
  };
}

/** Converts CSS pixels to whole device pixels. */
export function toDevice(rectCss: Rect, devicePixelRatio: number): Rect {
  const left = Math.round(rectCss.left * devicePixelRatio);
  const top = Math.round(rectCss.top * devicePixelRatio);
  return {
    left,
    top,
    width: Math.max(1, Math.round((rectCss.left + rectCss.width) * devicePixelRatio) - left),
    height: Math.max(1, Math.round((rectCss.top + rectCss.height) * devicePixelRatio) - top),
  };
}
