import { VizError } from "./viz-error.ts";

/** A color as `#rrggbb`. */
export type HexColor = `#${string}`;

/** Colors of the chart. */
export interface Theme {
  readonly background: HexColor;
  /** The frame and the ticks. */
  readonly frame: HexColor;
  readonly text: HexColor;
  /** Secondary text: must be readable on the background. */
  readonly mutedText: HexColor;
  /** The confirmed side: points, average, labels. */
  readonly confirmed: HexColor;
  /** The mempool side: points, live price, labels. */
  readonly mempool: HexColor;
  /** A reliable price. */
  readonly good: HexColor;
  /** A price of low confidence. */
  readonly weak: HexColor;
  /** No price, or an outdated one. */
  readonly bad: HexColor;
}

/** Black background, cyan for the confirmed side, orange for the mempool. */
export const DARK_THEME: Theme = {
  background: "#000000",
  frame: "#ffffff",
  text: "#ffffff",
  mutedText: "#a8a8a8",
  confirmed: "#00e5ff",
  mempool: "#ff9f0a",
  good: "#ffffff",
  weak: "#ffd60a",
  bad: "#ff6961",
};

/**
 * For color-blind users: sky blue and yellow of Okabe and Ito's palette. Sides and states differ in
 * lightness as well as hue. In every theme all information is also available without color.
 * Source: M. Okabe, K. Ito, "Color Universal Design", 2008 (the eight colors).
 */
export const COLOR_BLIND_THEME: Theme = {
  background: "#000000",
  frame: "#ffffff",
  text: "#ffffff",
  mutedText: "#b0b0b0",
  confirmed: "#56b4e9",
  mempool: "#f0e442",
  good: "#ffffff",
  weak: "#e69f00",
  bad: "#cc79a7",
};

/** Dark on a light background, for bright rooms. */
export const LIGHT_THEME: Theme = {
  background: "#fbfbf8",
  frame: "#3c3c3c",
  text: "#141414",
  mutedText: "#595959",
  confirmed: "#00697d",
  mempool: "#b45309",
  good: "#141414",
  weak: "#7a5c00",
  bad: "#b3261e",
};

/** Dark on white, for paper. */
export const PRINT_THEME: Theme = {
  background: "#ffffff",
  frame: "#000000",
  text: "#000000",
  mutedText: "#505050",
  confirmed: "#00687a",
  mempool: "#b35600",
  good: "#000000",
  weak: "#7a5c00",
  bad: "#a4120a",
};

/** Red, green and blue in 0…255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** @throws VizError `bad_color` for anything but `#rrggbb`. */
export function parseColor(color: string, name = "theme"): Rgb {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (match === null)
    throw new VizError("bad_color", `${name}: expected a color as #rrggbb, found ${JSON.stringify(color)}`);
  return [1, 2, 3].map((i) => Number.parseInt(match[i] as string, 16)) as unknown as Rgb;
}

/** @throws VizError `bad_color` unless it has nine colors. */
export function checkTheme(theme: Theme): void {
  const colors = Object(theme) as Partial<Theme>;
  for (const name of Object.keys(DARK_THEME) as (keyof Theme)[]) parseColor(String(colors[name]), `theme.${name}`);
}
