import { errorPct, type JudgedMoment } from "@utxoracle/estimator/accuracy";
import { escaped, policyHash } from "../../serve/html.ts";

const STYLE = `
html{background:#fff;color:#111;font:16px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
body{margin:0 auto;padding:16px;max-width:1100px}
pre{overflow:auto;font-size:.85rem}
svg{width:100%;height:auto}
.axis{stroke:#999}
.ok{fill:#00697d}
.other{fill:#b45309}
`;
const WIDTH = 1000;
const HEIGHT = 260;
const LEFT = 60;
/** Maximum number of dots: one for each pixel column and more. */
const DOTS_MAX = 4000;

/** A page with the table and the errors over time: one file without scripts or network requests. */
export function scorePage(table: string, moments: readonly JudgedMoment[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${policyHash(STYLE)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Accuracy of UTXOracle Live</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Accuracy of UTXOracle Live</h1>
<p>Prices of UTXOracle Live against the prices of your own file. The picture shows price over file price less 1: dark with status ok, light without.</p>
${errorPicture(moments)}
<pre>${escaped(table)}</pre>
</body>
</html>
`;
}

function errorPicture(moments: readonly JudgedMoment[]): string {
  const priced = moments.filter(({ estimate }) => estimate.price !== null);
  const limit = Math.max(0.1, ...percentiles(priced.map(errorPct)));
  const oneOf = Math.ceil(priced.length / DOTS_MAX);
  const y = (percent: number): number => HEIGHT / 2 - (Math.max(-1, Math.min(1, percent / limit)) * (HEIGHT - 40)) / 2;
  const dots = priced
    .filter((_, index) => index % oneOf === 0)
    .map(({ estimate, truthUsd }, index, all) => {
      const x = LEFT + (index / Math.max(1, all.length - 1)) * (WIDTH - LEFT - 10);
      const percent = 100 * ((estimate.price as number) / truthUsd - 1);
      return `<circle class="${estimate.status === "ok" ? "ok" : "other"}" cx="${x.toFixed(1)}" cy="${y(percent).toFixed(1)}" r="2"/>`;
    });
  const lines = [limit, 0, -limit].map(
    (value) =>
      `<path class="axis" d="M${LEFT} ${y(value)}H${WIDTH}"/><text x="4" y="${y(value) + 5}">${value.toFixed(2)} %</text>`,
  );
  const words = `<text x="${LEFT}" y="${HEIGHT - 2}">${escaped(priced[0]?.label ?? "")}</text><text x="${WIDTH}" y="${HEIGHT - 2}" text-anchor="end">${escaped(priced.at(-1)?.label ?? "")}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Errors over time">${lines.join("")}${dots.join("")}${words}</svg>`;
}

/** The 99th percentile: single errors must not flatten the picture. */
function percentiles(errors: readonly number[]): number[] {
  const sorted = [...errors].sort((a, b) => a - b);
  const value = sorted[Math.floor(0.99 * (sorted.length - 1))];
  return value === undefined ? [] : [value];
}
