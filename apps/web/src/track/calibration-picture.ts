import { svg } from "./svg.ts";
import type { Figures } from "./track-record.ts";

const SIZE = 180;
const LEFT = 40;
const TOP = 8;
const EDGE = 130;

/**
 * Coverage of the intervals: on the diagonal each interval holds the price as often as it promises.
 */
export function calibrationPicture(ok: Figures): SVGElement {
  const levels = [
    [50, ok.coverage_50_pct],
    [80, ok.coverage_80_pct],
    [90, ok.coverage_90_pct],
    [95, ok.coverage_95_pct],
  ] as const;
  const x = (value: number): number => LEFT + (value / 100) * EDGE;
  const y = (value: number): number => TOP + (1 - value / 100) * EDGE;
  const held = levels.flatMap(([level, coverage]) => (coverage === null ? [] : [{ level, coverage }]));
  const words = held.map(({ level, coverage }) => `${level} % interval ${Math.round(coverage)} %`).join(", ");
  return svg(
    "svg",
    { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": `Held: ${words}` },
    svg("path", { class: "axis", d: `M${x(0)} ${y(0)}H${x(100)}V${y(100)}H${x(0)}ZL${x(100)} ${y(100)}` }),
    ...held.map(({ level, coverage }) => svg("circle", { cx: x(level), cy: y(coverage), r: 4 })),
    svg("text", { x: LEFT - 5, y: y(100) + 5, "text-anchor": "end" }, "100 %"),
    svg("text", { x: LEFT - 5, y: y(0), "text-anchor": "end" }, "0 %"),
    svg("text", { x: x(50), y: y(0) + 16, "text-anchor": "middle" }, "interval"),
    svg("text", { x: x(50), y: y(0) + 30, "text-anchor": "middle" }, "50, 80, 90, 95 %"),
  );
}
