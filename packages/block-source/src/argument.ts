import type { BlockLimits } from "./limits.ts";

/** What an option may be; `bound` is a count from 1 on, `any` has a check of its own. */
export type OptionKind = "function" | "object" | "signal" | "bound" | "any";

/** @throws {TypeError} unless it has the methods of a {@link BlockSource}. */
export function checkSource(source: unknown): void {
  if (typeof source !== "object" || source === null || !("places" in source) || !("block" in source))
    throw new TypeError(`source must be a block source, such as the one of openBlocks, got ${kindOf(source)}`);
}

/** @throws {TypeError} unless it is a whole number from 0 on. */
export function checkHeight(height: unknown, name: string): void {
  if (!Number.isSafeInteger(height) || (height as number) < 0)
    throw new TypeError(`${name} must be a whole number of at least 0, got ${shown(height)}`);
}

/** A wrong argument as errors show it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const shown = (value: unknown): string => (typeof value === "number" ? String(value) : kindOf(value));

/** Whether it is an `AbortSignal`, of whatever realm; an `AbortController` is none. */
const isSignal = (value: object): boolean => "aborted" in value && "addEventListener" in value;

/**
 * @param kinds of all options
 * @param place of the options, as a prefix
 * @throws {TypeError} for an unknown option or a wrong value.
 */
export function checkOptions<Options extends object>(
  options: Options,
  kinds: { readonly [Name in keyof Required<Options>]: OptionKind },
  place = "",
): void {
  // A signal itself has no own fields.
  if (typeof options !== "object" || options === null || "aborted" in options)
    throw new TypeError(`options must be an object, got ${kindOf(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name))
      throw new TypeError(`${place}${name} is no option; the options are ${Object.keys(kinds).join(", ")}`);
    const kind = kinds[name as keyof Options];
    if (value !== undefined && !isOfKind(value, kind))
      throw new TypeError(`${place}${name} must be ${described[kind]}, got ${shown(value)}`);
  }
}

function isOfKind(value: unknown, kind: OptionKind): boolean {
  if (kind === "any") return true;
  if (kind === "bound") return Number.isSafeInteger(value) && (value as number) > 0;
  if (kind === "signal") return typeof value === "object" && value !== null && isSignal(value);
  return typeof value === kind && value !== null;
}

const described: Readonly<Record<OptionKind, string>> = {
  function: "a function",
  object: "an object",
  signal: "the signal of an AbortController",
  bound: "a whole number above 0",
  any: "",
};

/** @throws {TypeError} unless it is left out or a signal; `{ signal }` is none. */
export function checkSignal(signal: unknown): void {
  checkOptions({ signal }, { signal: "signal" });
}

/** Kinds of the options of every source. */
export const sourceOptionKinds = { onNotice: "function", signal: "signal", limits: "object" } as const;

/** @throws {TypeError} for an unknown limit or a wrong value. */
export function checkLimits(limits: BlockLimits | undefined): void {
  checkOptions(limits ?? {}, { maxBlocks: "bound", maxAnswerBytes: "bound", maxBlockBytes: "bound" }, "limits.");
}
