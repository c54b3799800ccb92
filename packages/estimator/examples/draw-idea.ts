/**
 * Draws docs/idea.svg, the picture of the README:
 * `node --import tsx packages/estimator/examples/draw-idea.ts`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { simulatedAmountsBtc } from "../test/simulated-market.ts";

const AMOUNTS = 60_000;
const BINS_PER_DECADE = 150;
const LOWEST_EXPONENT = -4.3;
const HIGHEST_EXPONENT = -1.2;
const MARKED_USD = [5, 10, 20, 50, 100, 200, 500, 1000];
/** Dollars per bitcoin of the upper and the lower market. */
const PRICES_USD = [40_000, 80_000] as const;

const WIDTH = 880;
const MARGIN = 20;
const PANEL_HEIGHT = 150;
const PANEL_TOPS = [58, 270] as const;

function x(amountBtc: number): number {
  const share = (Math.log10(amountBtc) - LOWEST_EXPONENT) / (HIGHEST_EXPONENT - LOWEST_EXPONENT);
  return MARGIN + share * (WIDTH - 2 * MARGIN);
}

function histogram(amountsBtc: Float64Array): number[] {
  const counts = new Array<number>(Math.round((HIGHEST_EXPONENT - LOWEST_EXPONENT) * BINS_PER_DECADE)).fill(0);
  for (const amount of amountsBtc) {
    const bin = Math.floor((Math.log10(amount) - LOWEST_EXPONENT) * BINS_PER_DECADE);
    if (bin >= 0 && bin < counts.length) counts[bin]! += 1;
  }
  return counts;
}

function outline(counts: readonly number[], bottom: number, most: number): string {
  const step = (WIDTH - 2 * MARGIN) / counts.length;
  const points = counts.map((count, i) => {
    const left = (MARGIN + i * step).toFixed(1);
    return `L${left} ${(bottom - (count / most) * PANEL_HEIGHT).toFixed(1)}h${step.toFixed(2)}`;
  });
  return `M${MARGIN} ${bottom}${points.join("")}V${bottom}Z`;
}

function panel(priceUsd: number, top: number, color: string): string {
  const bottom = top + PANEL_HEIGHT;
  const counts = histogram(simulatedAmountsBtc(priceUsd, AMOUNTS, 5));
  const marks = MARKED_USD.map((usd) => {
    const at = x(usd / priceUsd).toFixed(1);
    return `<text x="${at}" y="${top - 6}" text-anchor="middle" fill="${color}">$${usd}</text>`;
  });
  return [
    `<path d="${outline(counts, bottom, Math.max(...counts))}" fill="${color}" fill-opacity="0.75"/>`,
    `<path d="M${MARGIN} ${bottom}H${WIDTH - MARGIN}" stroke="#555"/>`,
    ...marks,
    `<text x="${WIDTH - MARGIN}" y="${top + 24}" text-anchor="end" font-size="15" fill="${color}">1 BTC = $${priceUsd.toLocaleString("en-US")}</text>`,
  ].join("\n");
}

/** The same dollar amounts in both markets, joined. */
function joins(): string {
  const [upper, lower] = PRICES_USD;
  const from = PANEL_TOPS[0] + PANEL_HEIGHT;
  const to = PANEL_TOPS[1] - 20;
  return MARKED_USD.map(
    (usd) =>
      `<path d="M${x(usd / upper).toFixed(1)} ${from}L${x(usd / lower).toFixed(1)} ${to}" stroke="#999" stroke-dasharray="4 4"/>`,
  ).join("\n");
}

function axis(): string {
  const bottom = PANEL_TOPS[1] + PANEL_HEIGHT;
  const ticks = [0.0001, 0.001, 0.01].map((amount) => {
    const at = x(amount).toFixed(1);
    return `<path d="M${at} ${bottom}v6" stroke="#555"/><text x="${at}" y="${bottom + 20}" text-anchor="middle" fill="#333">${amount} BTC</text>`;
  });
  return ticks.join("\n");
}

/** The picture as SVG. */
export function drawIdea(): string {
  const height = PANEL_TOPS[1] + PANEL_HEIGHT + 32;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="${MARGIN}" y="22" font-size="15" fill="#333">Output amounts of simulated payments on a log axis: round dollar amounts leave a pattern, and the price is where it sits</text>
${panel(PRICES_USD[0], PANEL_TOPS[0], "#b35c00")}
${joins()}
${panel(PRICES_USD[1], PANEL_TOPS[1], "#00748a")}
${axis()}
</svg>
`;
}

if (process.argv[1]?.endsWith("draw-idea.ts")) writeFileSync(join(import.meta.dirname, "../docs/idea.svg"), drawIdea());
