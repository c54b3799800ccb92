import type { BlockPoints, ConfirmedPicture, ServerMessage } from "./contracts.ts";
import { STATUSES } from "./status.ts";

/** Why a message was ignored: it violates the contract, or its type is unknown to this version. */
export type UnusableReason = "malformed" | "unknown";

/** A message, or the reason for ignoring it and the field at fault. */
export type ReadResult =
  | { readonly message: ServerMessage }
  | { readonly message: null; readonly reason: UnusableReason; readonly field: string };

type Fields = Readonly<Record<string, unknown>>;

class FieldFault extends Error {
  readonly field: string;
  constructor(field: string) {
    super(field);
    this.field = field;
  }
}

export const SOURCES: readonly unknown[] = ["node", "simulation", "replay"];
const ENGINES: readonly unknown[] = ["posterior", "reference"];
const EPOCH = /^[A-Za-z0-9_.~-]{1,64}$/;
const TXID = /^[0-9a-f]{64}$/;
const BASE64_TXID = /^[A-Za-z0-9_-]{43}$/;
const PICTURE = /^api\/v1\/confirmed\/points\?tip=[0-9a-f]{64}$/;
/** Maximum number of blocks of the confirmed window. */
const BLOCKS_MAX = 600;
/** Higher prices are invalid and exceed the precision of the drawing. */
const USD_MAX = 1e9;
/** All bitcoins that will ever exist. */
const SATS_MAX = 21e14;
/** Unix seconds until the year 5138: rejects times in milliseconds. */
const SECONDS_MAX = 1e11;
const HOURS_MAX = 1e5;
/** Maximum number of points in a message of the stream. `updateData` accepts more. */
const POINTS_MAX = 10_000;

/**
 * Fields that may be absent: none; a point's fields except `timestamp` and `price`; or any other
 * field. A field that is present must be valid.
 */
export type Leniency = "nothing" | "point_details" | "anything";

function isWithin(value: unknown, max: number): value is number {
  return typeof value === "number" && value >= 0 && value <= max;
}

const isUsd = (value: unknown): boolean => isWithin(value, USD_MAX) && value !== 0;
const isOutputIndex = (value: unknown): boolean => value === 0 || value === 1;
const isAmount = (value: unknown): boolean => typeof value === "number" && value > 1e-5 && value < 1e5;

const isPath = (list: unknown): boolean =>
  Array.isArray(list) &&
  list.length <= BLOCKS_MAX &&
  list.every((block) => block === null || (isUsd(block?.price) && isUsd(block.low) && isUsd(block.high)));

/** Checks the fields of one object. */
class Checker {
  readonly #fields: Fields;
  readonly #place: string;
  readonly #path: string;
  readonly #mayLack: Leniency;
  readonly #partial: boolean;

  constructor(value: unknown, path: string, mayLack: Leniency, partial = mayLack === "anything") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new FieldFault(path);
    this.#fields = value as Fields;
    this.#place = path;
    this.#path = path === "" ? "" : `${path}.`;
    this.#mayLack = mayLack;
    this.#partial = partial;
  }

  get isDelta(): boolean {
    return this.#fields["snapshot"] === false;
  }

  /** A checker of the same object whose fields may all be absent. */
  optional(): Checker {
    return new Checker(this.#fields, this.#place, this.#mayLack, true);
  }

  is(name: string, holds: (value: unknown) => boolean, orNull = false, optional = this.#partial): this {
    const value = this.#fields[name];
    if (!((optional && value === undefined) || (orNull && value === null) || holds(value)))
      throw new FieldFault(this.#path + name);
    return this;
  }

  /** Times and durations. JSON has no NaN or infinity, but callers of updateData may pass them. */
  seconds(names: readonly string[], orNull = false, optional = this.#partial): this {
    for (const name of names) this.is(name, (v) => isWithin(v, SECONDS_MAX), orNull, optional);
    return this;
  }

  usd(names: readonly string[], orNull = false, optional = this.#partial): this {
    for (const name of names) this.is(name, isUsd, orNull, optional);
    return this;
  }

  count(names: readonly string[], orNull = false): this {
    for (const name of names) this.is(name, (v) => Number.isSafeInteger(v) && (v as number) >= 0, orNull);
    return this;
  }

  boolean(names: readonly string[], orNull = false): this {
    for (const name of names) this.is(name, (v) => typeof v === "boolean", orNull);
    return this;
  }

  object(name: string, check: (inner: Checker) => void, orNull = false): this {
    const value = this.#fields[name];
    // `data` is required even in a partial message.
    if ((this.#partial && value === undefined && name !== "data") || (orNull && value === null)) return this;
    check(new Checker(value, this.#path + name, this.#mayLack));
    return this;
  }

  hash(name: string): this {
    return this.is(name, (v) => typeof v === "string" && TXID.test(v));
  }

  confirmedBlock(): this {
    return this.count(["height"], true).hash("hash").seconds(["time"]);
  }

  /** Lists of equal length. */
  columns(checks: Readonly<Record<string, (value: unknown, index: number) => boolean>>): this {
    let length: number | null = null;
    for (const [name, holds] of Object.entries(checks))
      this.is(name, (list) => {
        if (!Array.isArray(list) || list.length > POINTS_MAX) return false;
        length ??= list.length;
        return list.length === length && list.every(holds);
      });
    return this;
  }

  list(name: string, lengthMax: number, check: (item: Checker) => void): this {
    return this.is(name, (list) => {
      if (!Array.isArray(list) || list.length > lengthMax) return false;
      for (let i = 0; i < list.length; i++) check(new Checker(list[i], `${this.#path}${name}.${i}`, this.#mayLack));
      return true;
    });
  }

  points(): this {
    const isBare = this.#mayLack !== "nothing";
    return this.is("transactions", (list) => {
      if (!Array.isArray(list) || (list.length > POINTS_MAX && !this.#partial)) return false;
      for (let i = 0; i < list.length; i++)
        new Checker(list[i], `${this.#path}transactions.${i}`, this.#mayLack)
          .seconds(["timestamp"], false, false)
          .usd(["price"], false, false)
          .is("amount", isAmount, false, isBare)
          .is("vout", isOutputIndex, false, isBare)
          .is("txid", (v) => typeof v === "string" && TXID.test(v), false, isBare);
      return true;
    });
  }

  /** The price of a confirmed update, with its points. */
  judgment(): this {
    return this.usd(["price"], true)
      .object("interval", (interval) => interval.usd(["low", "high"]), true)
      .is("status", (v) => STATUSES.includes(v))
      .is("engine", (v) => ENGINES.includes(v))
      .boolean(["snapshot"])
      .points();
  }
}

function mempoolUpdate(data: Checker): void {
  data
    .usd(["price"], true)
    .is("confidence", (v) => isWithin(v, 1))
    .points()
    .object("stats", (stats) =>
      stats.count(["total_received", "total_filtered", "active_in_window"]).seconds(["uptime_seconds"]),
    )
    .seconds(["timestamp"])
    .count(["seq"])
    .boolean(["snapshot"]);
  if (data.isDelta) data.optional().count(["since"]).object("missed", encodedPoints);
  else data.is("epoch", (v) => typeof v === "string" && EPOCH.test(v));
  // A delta contains these fields only if they changed.
  (data.isDelta ? data.optional() : data)
    .is("status", (v) => STATUSES.includes(v))
    .object("interval", (interval) => interval.usd(["low", "high"]), true)
    .seconds(["price_timestamp"], true)
    .usd(["window_price"], true)
    .is("window_seconds", (v) => isWithin(v, SECONDS_MAX) && v !== 0)
    .is("engine", (v) => ENGINES.includes(v))
    .is("source", (v) => SOURCES.includes(v))
    .is("chain", (v) => typeof v === "string" && /^[a-z][a-z0-9]{0,31}$/.test(v), true)
    .object("node", (node) =>
      node
        .boolean(["connected", "resyncing"], true)
        .seconds(["last_message_age", "last_block_timestamp"], true)
        .count(["missed_messages", "height"], true),
    )
    .object("loading", (loading) => loading.count(["blocks_done", "blocks_total"]), true);
}

function encodedPoints(columns: Checker): void {
  let milliseconds = 0;
  columns.columns({
    time_steps: (step) => {
      milliseconds += Number.isSafeInteger(step) ? (step as number) : Number.NaN;
      return isWithin(milliseconds / 1000, SECONDS_MAX);
    },
    price: isUsd,
    txid: (v, index) => (v === "" && index > 0) || (typeof v === "string" && BASE64_TXID.test(v)),
    vout: isOutputIndex,
    sats: (v) => Number.isSafeInteger(v) && isWithin(v, SATS_MAX),
  });
}

function confirmedUpdate(data: Checker): void {
  data
    .judgment()
    .count(["height"], true)
    .seconds(["block_timestamp"], true)
    .object("window", (window) =>
      window.count(["first_height", "last_height"], true).is("hours", (v) => isWithin(v, HOURS_MAX)),
    )
    .list("blocks", BLOCKS_MAX, (block) => block.confirmedBlock())
    .is("picture", (v) => typeof v === "string" && PICTURE.test(v), true)
    .is("path", isPath, false, true);
}

/** @returns the confirmed picture of a JSON text; null if it violates the contract. */
export function readConfirmedPicture(text: string): ConfirmedPicture | null {
  const picture = readChecked<ConfirmedPicture>(text, (checker) =>
    checker
      .hash("tip")
      .list("blocks", BLOCKS_MAX, (block) => block.confirmedBlock().count(["points", "of"]))
      .columns({ price_steps: (v) => Number.isSafeInteger(v) && isWithin(v, USD_MAX) }),
  );
  return picture !== null && picturePrices(picture).every((prices) => prices.every(isUsd)) ? picture : null;
}

/**
 * The prices of each block, ascending; NaN for points without a step, and one more for steps
 * without a point.
 */
export function picturePrices({ blocks, price_steps: steps }: ConfirmedPicture): number[][] {
  let next = 0;
  const prices = blocks.map(({ points }) => {
    let price = 0;
    return Array.from({ length: Math.min(points, POINTS_MAX) }, () => {
      price += steps[next++] ?? Number.NaN;
      return price;
    });
  });
  return next === steps.length ? prices : [...prices, [Number.NaN]];
}

/** @returns the points of a block of a JSON text; null if they violate the contract. */
export function readBlockPoints(text: string): BlockPoints | null {
  return readChecked<BlockPoints>(text, (checker) =>
    checker
      .hash("tip")
      .hash("hash")
      .columns({
        txid: (v) => typeof v === "string" && TXID.test(v),
        vout: isOutputIndex,
        amount: isAmount,
        price: isUsd,
      }),
  );
}

function readChecked<T>(text: string, check: (checker: Checker) => void): T | null {
  try {
    const value: unknown = JSON.parse(text);
    check(new Checker(value, "", "nothing"));
    return value as T;
  } catch (fault) {
    if (fault instanceof FieldFault || fault instanceof SyntaxError) return null;
    throw fault;
  }
}

function errorData(data: Checker): void {
  data.is("code", (v) => typeof v === "string").is("message", (v) => typeof v === "string");
}

/**
 * Checks a message against the contract. Fields that the contract does not name are ignored.
 * @param value a text frame, or the parsed object.
 * @param mayLack fields that may be absent.
 */
export function readServerMessage(value: unknown, mayLack: Leniency = "nothing"): ReadResult {
  try {
    const message: unknown = typeof value === "string" ? JSON.parse(value) : value;
    const checker = new Checker(message, "", mayLack).is("type", (v) => typeof v === "string", false, false);
    const { type } = message as { type: string };
    if (type === "mempool_update") checker.object("data", mempoolUpdate);
    else if (type === "confirmed_update") checker.object("data", confirmedUpdate);
    else if (type === "error") checker.object("data", errorData);
    else if (type !== "pong") return { message: null, reason: "unknown", field: "type" };
    return { message: message as ServerMessage };
  } catch (error) {
    // The only other error here comes from JSON.parse.
    return { message: null, reason: "malformed", field: error instanceof FieldFault ? error.field : "" };
  }
}
