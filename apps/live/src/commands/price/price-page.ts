import { readFileSync } from "node:fs";
import { CONFIRMED_POINTS_MAX, type ConfirmedUpdate } from "@utxoracle/models";
import type { BlockPayment } from "../../confirmed/block-payments.ts";
import { shownPoints, thinnedOut } from "../../confirmed/shown-points.ts";
import { isoMinute } from "../../confirmed/utc-day.ts";
import { escaped, policyHash } from "../../serve/html.ts";
import { captionOf, factsOf, usd } from "./price-answer.ts";
import type { WindowPrice } from "./window-price.ts";

/** Browser bundle of the chart, built next to the program. */
const scriptUrl = new URL("./price-page.global.js", import.meta.url);

/** Time that the axis shows before the first block: the mean block interval. */
const LEAD_SECONDS = 600;

const STYLE = `
html{background:#000;color:#fff;font:16px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
body{margin:0 auto;padding:16px;max-width:1400px}
h1{font-size:1.1rem;font-weight:600;margin:0;color:#00e5ff}
p{margin:.3rem 0;color:#c8c8c8}
p.price{font-size:2.4rem;font-weight:600;margin:0;color:#fff}
p.low{color:#ffd60a}
canvas{display:block;width:100%;height:min(70vh,660px)}
footer{font-size:.85rem;color:#a8a8a8;margin-top:1rem}
@media print{html{background:#fff;color:#000}h1,p,p.price,footer{color:#000}}
`;

/**
 * HTML page with the price and its points: one self-contained file without network requests.
 * @param payments payments that the price was computed from.
 */
export function pricePage(price: WindowPrice, payments: readonly BlockPayment[]): string {
  const script = readFileSync(scriptUrl, "utf8").replaceAll("</script", "<\\/script");
  const data = JSON.stringify({ title: captionOf(price), message: messageOf(price, payments) }).replaceAll(
    "<",
    "\\u003c",
  );
  const { estimate } = price;
  const shown = estimate.price === null ? "no price" : usd(estimate.price);
  const policy = `default-src 'none'; script-src ${policyHash(script)}; style-src ${policyHash(STYLE)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(`${captionOf(price)}: ${shown}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(captionOf(price))}</h1>
<p class="price${estimate.status === "ok" ? "" : " low"}">${escaped(shown)}</p>
<p>${escaped(factsOf(price).join(" · "))}</p>
<canvas id="chart" role="img" tabindex="0" aria-label="${escaped(`Outputs of payments read as prices; ${captionOf(price)}`)}"></canvas>
<footer>US dollars per bitcoin, estimated from the payments in these blocks with data from one node only. Blocks until ${isoMinute(price.last.time)} UTC. Made by UTXOracle Live, an independent implementation.</footer>
<script type="application/json" id="data">${data}</script>
<script>${script}</script>
</body>
</html>
`;
}

function messageOf(price: WindowPrice, payments: readonly BlockPayment[]): ConfirmedUpdate {
  const { estimate, engine, first, last } = price;
  const around = estimate.price;
  const points = around === null ? [] : shownPoints(payments, around);
  return {
    type: "confirmed_update",
    data: {
      price: around,
      interval: estimate.interval,
      status: estimate.status,
      engine,
      height: last.height,
      block_timestamp: last.time,
      window: {
        first_height: first.height,
        last_height: last.height,
        hours: (Math.max(0, last.time - first.time) + LEAD_SECONDS) / 3600,
      },
      blocks: [],
      picture: null,
      transactions: thinnedOut(points, CONFIRMED_POINTS_MAX),
      snapshot: true,
    },
  };
}
