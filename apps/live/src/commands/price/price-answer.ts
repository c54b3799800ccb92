import { isoMinute } from "../../confirmed/utc-day.ts";
import type { WindowPrice } from "./window-price.ts";

const cents = (price: number | null | undefined): number | null =>
  price === null || price === undefined ? null : Math.round(price * 100) / 100;

/** Output of `--json`. Field names as in `/api/v1/price` and the stream's `confirmed_update`. */
export function answerOf({ window, estimate, first, last, ...price }: WindowPrice): object {
  return {
    price: estimate.price,
    low: estimate.interval?.low ?? null,
    high: estimate.interval?.high ?? null,
    confidence: estimate.confidence,
    status: estimate.status,
    engine: price.engine,
    chain: price.chain,
    date: window.kind === "day" ? window.day : null,
    height: last.height,
    block_timestamp: last.time,
    window: {
      first_height: first.height,
      last_height: last.height,
      first_timestamp: first.time,
      last_timestamp: last.time,
      hours: window.kind === "hours" ? window.hours : window.kind === "day" ? 24 : null,
      blocks: price.blocks,
    },
    transactions: price.transactions,
    payments: price.payments,
    amounts: price.amounts,
  };
}

/** Title of the window. */
export function captionOf({ window }: WindowPrice): string {
  switch (window.kind) {
    case "day":
      return `${window.day} (UTC day)`;
    case "hours":
      return `Last ${window.hours} h of blocks`;
    case "blocks":
      return window.blocks === 1 ? "Last block" : `Last ${count(window.blocks)} blocks`;
  }
}

/** Details of a price for people: interval, status, engine, blocks, amounts. */
export function factsOf({ estimate, engine, chain, first, last, blocks, amounts }: WindowPrice): string[] {
  const span = blocks === 1 ? `block ${first.height}` : `${blocks} blocks ${first.height} to ${last.height}`;
  return [
    ...(chain === "main" ? [] : [`chain ${chain}`]),
    ...(estimate.interval === null ? [] : [`90 %: ${usd(estimate.interval.low)} to ${usd(estimate.interval.high)}`]),
    `status ${estimate.status}`,
    `engine ${engine}`,
    span,
    `${count(amounts)} amounts`,
  ];
}

/** One line of text output. */
export function lineOf(price: WindowPrice): string {
  const shown = price.estimate.price === null ? "no price" : usd(price.estimate.price);
  return `${captionOf(price)}: ${shown}; ${factsOf(price).join("; ")}; until ${isoMinute(price.last.time)} UTC`;
}

/** Columns of the CSV, in order. */
export const CSV_COLUMNS = [
  "date",
  "price",
  "low",
  "high",
  "confidence",
  "status",
  "engine",
  "first_height",
  "last_height",
  "blocks",
  "amounts",
] as const;

export const CSV_HEAD = CSV_COLUMNS.join(",");

/** CSV row of a day; unknown values are empty. */
export function csvRowOf({ window, estimate, engine, first, last, blocks, amounts }: WindowPrice): string {
  const row: Record<(typeof CSV_COLUMNS)[number], string | number | null> = {
    date: window.kind === "day" ? window.day : null,
    price: cents(estimate.price),
    low: cents(estimate.interval?.low),
    high: cents(estimate.interval?.high),
    confidence: Math.round(estimate.confidence * 1000) / 1000,
    status: estimate.status,
    engine,
    first_height: first.height,
    last_height: last.height,
    blocks,
    amounts,
  };
  return CSV_COLUMNS.map((column) => row[column] ?? "").join(",");
}

/** `$64,123.45` */
export const usd = (price: number): string =>
  price.toLocaleString("en-US", { style: "currency", currency: "USD", minimumFractionDigits: 2 });
const count = (number: number): string => number.toLocaleString("en-US");
