/**
 * A font of lines of even width, drawn for the preview image: the program has no other way to draw
 * text, and no font may be assumed on a server. Units: capitals are 14 high, the baseline is at 14,
 * y grows downwards. `M` moves, `L` draws a line, `Q` a quadratic curve.
 */
const GLYPHS: Readonly<Record<string, readonly [width: number, path: string]>> = {
  "0": [9, "M0 7Q0 0 4.5 0Q9 0 9 7Q9 14 4.5 14Q0 14 0 7"],
  "1": [9, "M1.5 3L5.5 0L5.5 14"],
  "2": [9, "M0.5 4Q0.5 0 4.5 0Q8.5 0 8.5 4Q8.5 6.5 6 8.5L0.5 14L9 14"],
  "3": [9, "M0.6 2.6Q1.6 0 4.5 0Q8.3 0 8.3 3.5Q8.3 6.7 4.5 6.7Q9 6.7 9 10.4Q9 14 4.5 14Q1 14 0.2 11.2"],
  "4": [9, "M6.5 14L6.5 0L0 10L9 10"],
  "5": [9, "M8.2 0L1.4 0L0.8 6.2Q2.2 5 4.5 5Q9 5 9 9.5Q9 14 4.5 14Q1.2 14 0.2 11.4"],
  "6": [9, "M7.5 0.8Q6.5 0 5 0Q0 0 0 8Q0 14 4.6 14Q9 14 9 9.6Q9 5.4 4.6 5.4Q0.6 5.4 0 9"],
  "7": [9, "M0 0L9 0L3.5 14"],
  "8": [
    9,
    "M4.5 6.6Q0.7 6.6 0.7 3.3Q0.7 0 4.5 0Q8.3 0 8.3 3.3Q8.3 6.6 4.5 6.6Q0 6.6 0 10.3Q0 14 4.5 14Q9 14 9 10.3Q9 6.6 4.5 6.6",
  ],
  "9": [9, "M1.5 13.2Q2.5 14 4 14Q9 14 9 6Q9 0 4.4 0Q0 0 0 4.4Q0 8.6 4.4 8.6Q8.4 8.6 9 5"],
  $: [
    9,
    "M8.4 3.6Q7.6 1 4.5 1Q0.6 1 0.6 4Q0.6 6.5 4.5 7Q8.9 7.6 8.9 10.2Q8.9 13 4.5 13Q1 13 0.1 10.4M4.5 -1.2L4.5 15.2",
  ],
  ",": [2, "M1.3 13.6L0.3 16.6"],
  ".": [2, "M1 13.9L1 14"],
  ":": [2, "M1 5.4L1 5.5M1 13.9L1 14"],
  "%": [
    12,
    "M2.6 0Q5.2 0 5.2 3.2Q5.2 6.4 2.6 6.4Q0 6.4 0 3.2Q0 0 2.6 0M9.4 7.6Q12 7.6 12 10.8Q12 14 9.4 14Q6.8 14 6.8 10.8Q6.8 7.6 9.4 7.6M10 0L2 14",
  ],
  "±": [8, "M4 1.5L4 9M0.2 5.2L7.8 5.2M0.2 13L7.8 13"],
  "–": [7, "M0 8L7 8"],
  "-": [4, "M0 8L4 8"],
  "·": [2, "M1 7.9L1 8"],
  "(": [3, "M3 -1Q0 2.5 0 7Q0 11.5 3 15"],
  ")": [3, "M0 -1Q3 2.5 3 7Q3 11.5 0 15"],
  A: [10, "M0 14L5 0L10 14M1.8 9L8.2 9"],
  B: [9, "M0 6.7L5 6.7Q9 6.7 9 10.2Q9 14 5 14L0 14L0 0L4.6 0Q8.2 0 8.2 3.4Q8.2 6.7 4.6 6.7"],
  C: [10, "M9.6 3.4Q8.3 0 5.2 0Q0 0 0 7Q0 14 5.2 14Q8.3 14 9.6 10.6"],
  D: [10, "M0 0L0 14L4 14Q10 14 10 7Q10 0 4 0L0 0"],
  E: [8, "M8 0L0 0L0 14L8 14M0 6.7L7 6.7"],
  F: [8, "M8 0L0 0L0 14M0 6.9L7 6.9"],
  G: [10, "M9.6 3.4Q8.3 0 5.2 0Q0 0 0 7Q0 14 5.2 14Q10 14 10 8L5.6 8"],
  H: [10, "M0 0L0 14M10 0L10 14M0 6.8L10 6.8"],
  I: [0, "M0 0L0 14"],
  J: [6, "M6 0L6 10Q6 14 2.8 14Q0.4 14 0 11.6"],
  K: [9, "M0 0L0 14M9 0L0 8.6M3.2 5.8L9.3 14"],
  L: [8, "M0 0L0 14L8 14"],
  M: [12, "M0 14L0 0L6 9L12 0L12 14"],
  N: [10, "M0 14L0 0L10 14L10 0"],
  O: [11, "M0 7Q0 0 5.5 0Q11 0 11 7Q11 14 5.5 14Q0 14 0 7"],
  P: [9, "M0 14L0 0L5 0Q9 0 9 4Q9 8 5 8L0 8"],
  Q: [11, "M0 7Q0 0 5.5 0Q11 0 11 7Q11 14 5.5 14Q0 14 0 7M7 10L11 14.5"],
  R: [9, "M0 14L0 0L5 0Q9 0 9 4Q9 8 5 8L0 8M4.6 8L9.2 14"],
  S: [9, "M8.3 3Q7.4 0 4.5 0Q0.6 0 0.6 3.5Q0.6 6.3 4.5 6.9Q8.9 7.6 8.9 10.5Q8.9 14 4.5 14Q1 14 0.1 10.9"],
  T: [10, "M0 0L10 0M5 0L5 14"],
  U: [10, "M0 0L0 9Q0 14 5 14Q10 14 10 9L10 0"],
  V: [10, "M0 0L5 14L10 0"],
  W: [14, "M0 0L3.5 14L7 2.5L10.5 14L14 0"],
  X: [10, "M0 0L10 14M10 0L0 14"],
  Y: [10, "M0 0L5 7L10 0M5 7L5 14"],
  Z: [9, "M0 0L9 0L0 14L9 14"],
  a: [7.5, "M7.5 4.5L7.5 14M7.5 9.2Q7.5 4.5 3.8 4.5Q0 4.5 0 9.2Q0 14 3.8 14Q7.5 14 7.5 9.2"],
  b: [7.5, "M0 0L0 14M0 9.2Q0 4.5 3.7 4.5Q7.5 4.5 7.5 9.2Q7.5 14 3.7 14Q0 14 0 9.2"],
  c: [7, "M7 6.8Q6.2 4.5 3.8 4.5Q0 4.5 0 9.2Q0 14 3.8 14Q6.2 14 7 11.7"],
  d: [7.5, "M7.5 0L7.5 14M7.5 9.2Q7.5 4.5 3.8 4.5Q0 4.5 0 9.2Q0 14 3.8 14Q7.5 14 7.5 9.2"],
  e: [7.5, "M0 9L7.5 9Q7.5 4.5 3.8 4.5Q0 4.5 0 9.2Q0 14 3.9 14Q6.3 14 7.2 12"],
  f: [5, "M5 0.2Q2 -0.6 2 3L2 14M0 4.8L4.8 4.8"],
  g: [
    7.5,
    "M7.5 4.5L7.5 14Q7.5 18 3.8 18Q1.3 18 0.5 16.3M7.5 9.2Q7.5 4.5 3.8 4.5Q0 4.5 0 9.2Q0 14 3.8 14Q7.5 14 7.5 9.2",
  ],
  h: [7, "M0 0L0 14M0 8.5Q0.4 4.5 3.8 4.5Q7 4.5 7 8.5L7 14"],
  i: [0, "M0 4.5L0 14M0 0.6L0 0.7"],
  j: [2, "M2 4.5L2 15.5Q2 18 0 18M2 0.6L2 0.7"],
  k: [7, "M0 0L0 14M6.5 4.5L0 10.5M2.6 8.2L7 14"],
  l: [0, "M0 0L0 14"],
  m: [12, "M0 4.5L0 14M0 8Q0.3 4.5 3.2 4.5Q6 4.5 6 8L6 14M6 8Q6.3 4.5 9.2 4.5Q12 4.5 12 8L12 14"],
  n: [7, "M0 4.5L0 14M0 8.5Q0.4 4.5 3.8 4.5Q7 4.5 7 8.5L7 14"],
  o: [7.6, "M0 9.2Q0 4.5 3.8 4.5Q7.6 4.5 7.6 9.2Q7.6 14 3.8 14Q0 14 0 9.2"],
  p: [7.5, "M0 4.5L0 18M0 9.2Q0 4.5 3.7 4.5Q7.5 4.5 7.5 9.2Q7.5 14 3.7 14Q0 14 0 9.2"],
  q: [7.5, "M7.5 4.5L7.5 18M7.5 9.2Q7.5 4.5 3.8 4.5Q0 4.5 0 9.2Q0 14 3.8 14Q7.5 14 7.5 9.2"],
  r: [4.5, "M0 4.5L0 14M0 8.5Q0.3 4.5 4.5 4.6"],
  s: [6.5, "M6.1 6.5Q5.3 4.5 3.3 4.5Q0.5 4.5 0.5 6.8Q0.5 8.7 3.3 9.2Q6.5 9.8 6.5 11.7Q6.5 14 3.3 14Q0.8 14 0 12"],
  t: [5, "M2 1.2L2 11Q2 14 5 13.8M0 4.8L4.8 4.8"],
  u: [7, "M0 4.5L0 10Q0 14 3.4 14Q6.6 14 7 10M7 4.5L7 14"],
  v: [7.5, "M0 4.5L3.75 14L7.5 4.5"],
  w: [11, "M0 4.5L2.8 14L5.5 6L8.2 14L11 4.5"],
  x: [7, "M0 4.5L7 14M7 4.5L0 14"],
  y: [7.5, "M0 4.5L3.75 13.6M7.5 4.5L3.2 15.5Q2.4 18 0.3 17.8"],
  z: [6.5, "M0 4.5L6.5 4.5L0 14L6.5 14"],
};

const CAPITAL_HEIGHT = 14;
const GAP = 2.7;
const SPACE = 4.5;
/** Straight pieces of a curve: invisible up to letters of 150 pixels. */
const CURVE_PIECES = 8;

/** A straight stroke from (`x1`, `y1`) to (`x2`, `y2`), pixels. */
export interface Stroke {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/**
 * Width of a text with capitals of this height, pixels. A character without a glyph is left out.
 */
export function textWidth(text: string, capitalHeight: number): number {
  let width = 0;
  for (const character of text) width += advanceOf(character);
  return (Math.max(0, width - GAP) * capitalHeight) / CAPITAL_HEIGHT;
}

/** The strokes of a text whose first capital has its upper left corner at (`left`, `top`). */
export function textStrokes(text: string, left: number, top: number, capitalHeight: number): Stroke[] {
  const scale = capitalHeight / CAPITAL_HEIGHT;
  const strokes: Stroke[] = [];
  let offset = 0;
  for (const character of text) {
    const path = GLYPHS[character]?.[1] ?? "";
    for (const { x1, y1, x2, y2 } of pathStrokes(path))
      strokes.push({
        x1: left + (offset + x1) * scale,
        y1: top + y1 * scale,
        x2: left + (offset + x2) * scale,
        y2: top + y2 * scale,
      });
    offset += advanceOf(character);
  }
  return strokes;
}

function advanceOf(character: string): number {
  if (character === " ") return SPACE;
  const glyph = GLYPHS[character];
  return glyph === undefined ? 0 : glyph[0] + GAP;
}

function pathStrokes(path: string): Stroke[] {
  const strokes: Stroke[] = [];
  let [x, y] = [0, 0];
  const lineTo = (x2: number, y2: number): void => {
    strokes.push({ x1: x, y1: y, x2, y2 });
    [x, y] = [x2, y2];
  };
  for (const [, command, numbers = ""] of path.matchAll(/([MLQ])([^MLQ]*)/g)) {
    const [a = 0, b = 0, c = 0, d = 0] = numbers.split(" ").map(Number);
    if (command === "M") [x, y] = [a, b];
    else if (command === "L") lineTo(a, b);
    else {
      const [fromX, fromY] = [x, y];
      for (let piece = 1; piece <= CURVE_PIECES; piece++) {
        const t = piece / CURVE_PIECES;
        const [p, q, r] = [(1 - t) ** 2, 2 * t * (1 - t), t * t];
        lineTo(p * fromX + q * a + r * c, p * fromY + q * b + r * d);
      }
    }
  }
  return strokes;
}
