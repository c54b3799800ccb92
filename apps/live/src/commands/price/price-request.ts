import type { Settings } from "../../config/schema.ts";
import { UserError } from "../../config/user-error.ts";
import { dayOf, daysBetween, endOfDay } from "../../confirmed/utc-day.ts";

/** What a price is asked of. */
export type PriceRequest =
  | { readonly kind: "blocks"; readonly blocks: number }
  | { readonly kind: "hours"; readonly hours: number }
  /** UTC days as `2024-02-29`, at least one, in order. */
  | { readonly kind: "days"; readonly days: readonly string[] };

/**
 * What the settings ask for.
 * @param now Unix seconds.
 * @throws {UserError} when they ask for nothing, for more than one thing, or for a day that is not over.
 */
export function priceRequest(settings: Settings, now: number): PriceRequest {
  const { blocks, hours, date, from, to } = settings;
  const asked = Object.entries({ blocks, hours, date, from: from ?? to }).filter(([, value]) => value !== undefined);
  if (asked.length === 0)
    throw new UserError("price of what? --blocks 144, --hours 3, --date YYYY-MM-DD, or --from and --to");
  if (asked.length > 1)
    throw new UserError(`price: ${asked.map(([name]) => `--${name}`).join(" and ")} exclude each other`);
  if (blocks !== undefined) return oneWindow(settings, { kind: "blocks", blocks });
  if (hours !== undefined) return oneWindow(settings, { kind: "hours", hours });
  const first = date ?? from;
  const last = date ?? to;
  if (first === undefined) throw new UserError("price: --to needs --from");
  if (last === undefined) throw new UserError("price: --from needs --to");
  if (last < first) throw new UserError(`price: --from ${first} is after --to ${last}`);
  if (endOfDay(last) > now)
    throw new UserError(
      `price: ${last} is not over (it is ${dayOf(now)} in UTC); --hours 24 is the price of the last day`,
    );
  const days = daysBetween(first, last);
  if (settings.html !== undefined && days.length > 1)
    throw new UserError("price: --html is for one window, not for days");
  if (settings.html !== undefined && settings.csv !== undefined)
    throw new UserError("price: --html and --csv exclude each other: one is of a window, the other of days");
  return { kind: "days", days };
}

function oneWindow(settings: Settings, request: PriceRequest): PriceRequest {
  if (settings.csv !== undefined) throw new UserError("price: --csv is for days: --date, or --from and --to");
  return request;
}
