import type { HistoryColumns } from "./history-columns.ts";

/** What an option may be; `any` if it has a check of its own. */
export type OptionKind = "function" | "boolean" | "object" | "positive" | "any";

/** Kinds of all options of a type. */
export type OptionKinds<Options> = { readonly [Name in keyof Required<Options>]: OptionKind };

/** A wrong argument as errors show it. */
export const shown = (value: unknown): string =>
  typeof value === "number" || typeof value === "string"
    ? JSON.stringify(value)
    : value === null
      ? "null"
      : typeof value;

/** @throws TypeError that names an unknown option or a wrong value. */
export function checkOptions<Options extends object>(options: Options, kinds: OptionKinds<Options>): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`options must be an object, got ${shown(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name))
      throw new TypeError(`options.${name} is unknown; the options are ${Object.keys(kinds).join(", ")}`);
    const kind = kinds[name as keyof Options];
    if (value === undefined || kind === "any") continue;
    if (kind === "positive" ? !isPositive(value) : typeof value !== kind || value === null)
      throw new TypeError(
        `options.${name} must be ${kind === "positive" ? "a number above 0" : kind === "object" ? "an object" : `a ${kind}`}, got ${shown(value)}`,
      );
  }
}

/** @throws TypeError unless it is left out or a list of known words. */
export function checkWords(value: unknown, name: string, words: readonly unknown[]): void {
  if (value !== undefined && !(value as unknown[] | null)?.every?.((word) => words.includes(word)))
    throw new TypeError(`options.${name} must be a list of ${words.join(", ")}`);
}

const isPositive = (value: unknown): boolean => Number.isFinite(value) && (value as number) > 0;

/** @throws TypeError unless it is a number above 0. */
export function checkPositive(value: unknown, name: string): void {
  if (!isPositive(value)) throw new TypeError(`${name} must be a number above 0, got ${shown(value)}`);
}

/** @throws TypeError unless they are columns of the history. */
export function checkRows(rows: HistoryColumns): void {
  if (typeof rows !== "object" || rows === null || !ArrayBuffer.isView(rows.times) || !ArrayBuffer.isView(rows.prices))
    throw new TypeError(`rows must be what readHistory returned, got ${shown(rows)}`);
}

/** @throws TypeError unless it is a range with an end after its start. */
export function checkRange({ start, end }: { readonly start: number; readonly end: number }, name: string): void {
  if (!(Number.isFinite(start) && end > start && Number.isFinite(end)))
    throw new TypeError(`${name} must be { start, end } in Unix seconds, got start ${shown(start)}, end ${shown(end)}`);
}
