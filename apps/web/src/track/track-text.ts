import type { Incident, Outage, TrackRecord } from "./track-record.ts";

/** `0.10 %`, `1.1 %`, `12 %` */
export function percent(value: number | null): string {
  if (value === null) return "–";
  const digits = Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  // A no-break space.
  return `${value.toFixed(digits)}\u00a0%`;
}

/** `Last 7 days`; less if the record is younger */
function spanText({ days, from, to }: TrackRecord): string {
  const seconds = (to ?? 0) - (from ?? 0);
  if (seconds < 0.95 * days * 86_400) return `Last ${durationText(seconds)}`;
  return days === 1 ? "Last 24 hours" : `Last ${days} days`;
}

/**
 * `Last 7 days: within 0.10 % half of the time, within 0.35 % in 90 %, worst 1.1 %, interval held 91 %`
 */
export function trackLine(record: TrackRecord): string {
  const { ok, recorded } = record;
  if (recorded === 0) return "Track record: nothing recorded yet";
  if (ok.judged === 0) return "Track record: a price is judged an hour after it was published";
  const held = ok.coverage_90_pct === null ? "" : `, interval held ${Math.round(ok.coverage_90_pct)}\u00a0%`;
  return (
    `${spanText(record)}: within ${percent(ok.median_pct)} half of the time, within ${percent(ok.p90_pct)} in 90\u00a0%, ` +
    `worst ${percent(ok.worst_pct)}${held}`
  );
}

/** `29 Nov 2026 13:20 UTC` */
export function timeText(time: number): string {
  const [, day, month, year, hours] =
    /^\w+, (\d+) (\w+) (\d+) (\d+:\d+)/.exec(new Date(1000 * time).toUTCString()) ?? [];
  return `${day} ${month} ${year} ${hours} UTC`;
}

/** `50 s`, `12 min`, `1.5 h`, `2.5 days` */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}

const usd = (price: number): string => `$${Math.round(price).toLocaleString("en-US")}`;

/** `29 Nov 2026 13:20 UTC: published $61,200, in hindsight $60,100 (+1.8 %)` */
export function incidentText({ time, published, restated, difference_pct, alias_ratio }: Incident): string {
  const sign = difference_pct > 0 ? "+" : "−";
  const ratio = alias_ratio === null ? "" : `, off by the ratio ${Number(alias_ratio.toFixed(2))}`;
  const off = `${sign}${percent(Math.abs(difference_pct))}${ratio}`;
  return `${timeText(time)}: published ${usd(published.price)}, in hindsight ${usd(restated.price)} (${off})`;
}

const outageTexts = { stale: "only an old price", no_price: "no price", not_running: "service not running" } as const;

/** `29 Nov 2026 13:20 UTC: service not running for 12 min` */
export const outageText = ({ from, to, kind }: Outage): string =>
  `${timeText(from)}: ${outageTexts[kind]} for ${durationText(to - from)}`;
