import type { Settings } from "../../config/schema.ts";
import { UserError } from "../../config/user-error.ts";
import { dayOf, daysBetween, endOfDay } from "../../confirmed/utc-day.ts";

/** Blocks to compute prices of. */
export type PriceRequest =
  | { readonly kind: "blocks"; readonly blocks: number }
  | { readonly kind: "hours"; readonly hours: number }
  /** UTC days as `2024-02-29`, at least one, in order. */
  | { readonly kind: "days"; readonly days: readonly string[] };

/**
 * Reads `--blocks`, `--hours`, `--date`, `--from` and `--to`.
 * @param now Unix seconds.
 * @throws {UserError} for none, for more than one window, or for a day that has not ended.
 */
export function priceRequest(settings: Settings, now: number): PriceRequest {
  const { blocks, hours, date, from, to } = settings;
  const asked = Object.entries({ blocks, hours, date, from: from ?? to }).filter(([, value]) => value !== undefined);
  if (asked.length === 0)
    throw new UserError("price: missing window; use --blocks 144, --hours 3, --date YYYY-MM-DD, or --from and --to");
  if (asked.length > 1)
    throw new UserError(`price: ${asked.map(([name]) => `--${name}`).join(" and ")} cannot be combined`);
  if (blocks !== undefined) return oneWindow(settings, { kind: "blocks", blocks });
  if (hours !== undefined) return oneWindow(settings, { kind: "hours", hours });
  const first = date ?? from;
  const last = date ?? to;
  if (first === undefined) throw new UserError("price: --to needs --from");
  if (last === undefined) throw new UserError("price: --from needs --to");
  if (last < first) throw new UserError(`price: --from ${first} is after --to ${last}`);
  if (endOfDay(last) > now)
    throw new UserError(
      `price: ${last} has not ended (today is ${dayOf(now)} UTC); for the last 24 hours use --hours 24`,
    );
  const days = daysBetween(first, last);
  if (settings.html !== undefined && days.length > 1)
    throw new UserError("price: --html works with one window, not with several days");
  if (settings.html !== undefined && settings.csv !== undefined)
    throw new UserError("price: --html and --csv cannot be combined: --html is for one window, --csv for days");
  return { kind: "days", days };
}

function oneWindow(settings: Settings, request: PriceRequest): PriceRequest {
  if (settings.csv !== undefined) throw new UserError("price: --csv works with days only: --date, or --from and --to");
  return request;
}
