/**
 * The live chart of on-chain price points: canvas and WebGL2 renderers, and the stream client.
 *
 * @module @utxoracle/viz
 */
export type { RendererChoice } from "./adaptive-renderer.ts";
export { AGE_AXIS, type AgeAxis, ageOfOffset, offsetOfAge, oldestAge } from "./age-axis.ts";
export type { ChartViewOptions } from "./chart-view.ts";
export type {
  BlockPathPrice,
  ConfirmedData,
  ConfirmedUpdate,
  Engine,
  EstimateStatus,
  MempoolData,
  MempoolTick,
  MempoolUpdate,
  NodeState,
  PriceInterval,
  PricePoint,
  Source,
  StreamStats,
  TickData,
} from "./contracts.ts";
export type { FrameSource } from "./frame-loop.ts";
export type { FetchedAnswer, FetchLike, HandshakeRefusal } from "./handshake-refusal.ts";
export { HistoryChart, type HistoryChartOptions, type HistoryRow } from "./history-chart.ts";
export { type HistoryColumns, readHistory } from "./history-columns.ts";
export type { TimeRange } from "./history-range.ts";
export type { Side } from "./hit-test.ts";
export { ENGLISH_LABELS, type Labels } from "./labels.ts";
export { countsLine } from "./paint-caption.ts";
export { watermarkOf } from "./paint-labels.ts";
export type { ChartPoint } from "./point-columns.ts";
export type { FocusedPoint } from "./point-focus.ts";
export type { PointSizes } from "./scene-builder.ts";
export { statusTone, type Tone } from "./status.ts";
export type { ConnectionState, MessageCounts, WebSocketConstructor, WebSocketLike } from "./stream-client-options.ts";
export { isLoading, priceTone, type StateBadge, type StreamView, stateBadges } from "./stream-state.ts";
export {
  formatBtc,
  formatConfidence,
  formatCount,
  formatDistance,
  formatDuration,
  formatRange,
  formatUsd,
  formatUtc,
  formatUtcDate,
} from "./text-format.ts";
export { COLOR_BLIND_THEME, DARK_THEME, type HexColor, LIGHT_THEME, PRINT_THEME, type Theme } from "./theme.ts";
export { describePoint } from "./tooltip.ts";
export { MempoolVisualizer } from "./visualizer.ts";
export type { VisualizerOptions } from "./visualizer-options.ts";
export { VizError, type VizErrorCode } from "./viz-error.ts";
export { type WebglFactory, webglRenderer } from "./webgl-renderer.ts";
