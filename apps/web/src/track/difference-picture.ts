import { svg } from "./svg.ts";
import type { Differences } from "./track-record.ts";
import { percent, timeText } from "./track-text.ts";

const WIDTH = 600;
const HEIGHT = 150;
const LEFT = 70;
const BOTTOM = 24;

/** Axis limits, percent: the smallest that holds everything. */
const LIMITS = [0.1, 0.2, 0.5, 1, 1.5, 2, 5, 10, 20, 50, 100, 1000];

/**
 * The differences over time: a band from the lowest to the highest of each step, and its median.
 */
export function differencePicture({ step, time, median_pct, low_pct, high_pct }: Differences): SVGElement {
  const first = time[0] ?? 0;
  const last = (time.at(-1) ?? first) + step;
  const most = Math.max(0, ...low_pct.map(Math.abs), ...high_pct.map(Math.abs));
  const limit = LIMITS.find((each) => each >= most) ?? most;
  const x = (at: number): number => LEFT + ((at - first) / (last - first)) * (WIDTH - LEFT - 4);
  const y = (value: number): number => 6 + ((limit - value) / (2 * limit)) * (HEIGHT - BOTTOM - 12);
  const round = (value: number): string => value.toFixed(1);
  const bands = time.map((at, index) => {
    const [low, high] = [low_pct[index] ?? 0, high_pct[index] ?? 0];
    return `M${round(x(at))} ${round(y(high))}H${round(x(at + step))}V${round(y(low) + 1)}H${round(x(at))}Z`;
  });
  const medians = time.map((at, index) => {
    // A gap in time is a gap in the line.
    const continues = index > 0 && at - (time[index - 1] ?? 0) <= step;
    return `${continues ? "L" : "M"}${round(x(at + step / 2))} ${round(y(median_pct[index] ?? 0))}h.1`;
  });
  const lines = [limit, 0, -limit].flatMap((value) => [
    svg("path", { class: "axis", d: `M${LEFT} ${round(y(value))}H${WIDTH - 4}` }),
    svg("text", { x: LEFT - 6, y: y(value) + 5, "text-anchor": "end" }, `${value > 0 ? "+" : ""}${percent(value)}`),
  ]);
  return svg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `Difference of the published from the hindsight price, at most ${percent(most)}`,
    },
    ...lines,
    svg("path", { class: "band", d: bands.join("") }),
    svg("path", { class: "median", d: medians.join("") }),
    svg("text", { x: LEFT, y: HEIGHT - 4 }, timeText(first)),
    svg("text", { x: WIDTH - 4, y: HEIGHT - 4, "text-anchor": "end" }, timeText(last)),
  );
}
