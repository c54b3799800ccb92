import { CaptureError } from "./capture-error.ts";
import { ZmqSourceError } from "./error.ts";

/** What an option may be; `any` if it has a check of its own. */
export type OptionKind = "function" | "boolean" | "string" | "object" | "signal" | "any";

/** A wrong argument as errors show it: `undefined`, `null`, `an array`, `a number`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Whether it is an `AbortSignal`, of whatever realm; an `AbortController` is none. */
const isSignal = (value: object): boolean => "aborted" in value && "addEventListener" in value;

/**
 * Rejects an unknown option, and a value of another type.
 *
 * @param kinds of all options
 * @param refusal makes the error of an option
 */
export function checkKinds<Options extends object>(
  options: Options,
  kinds: { readonly [Name in keyof Required<Options>]: OptionKind },
  refusal: (name: string, problem: string) => Error,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name))
      throw refusal(name, `unknown option; the options are ${Object.keys(kinds).join(", ")}`);
    const kind = kinds[name as keyof Options];
    if (value === undefined || kind === "any") continue;
    if (kind !== "signal" ? typeof value !== kind || value === null : typeof value !== "object" || !isSignal(value))
      throw refusal(name, `must be ${describe(kind)}, not ${kindOf(value)}`);
  }
}

function describe(kind: OptionKind): string {
  if (kind === "signal") return "the signal of an AbortController";
  return kind === "object" ? "an object" : `a ${kind}`;
}

/**
 * @throws {ZmqSourceError} `invalid_option` unless the options are an object with `example`'s
 *   fields.
 */
export function checkOptions(options: unknown, example: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new ZmqSourceError(
      "invalid_option",
      "options",
      `must be an object such as ${example}, not ${kindOf(options)}`,
    );
}

/** @throws {ZmqSourceError} `invalid_option` unless it is a string. */
export function checkText(value: unknown, name: string): void {
  if (typeof value !== "string")
    throw new ZmqSourceError("invalid_option", name, `must be a string, not ${kindOf(value)}`);
}

/** @throws {CaptureError} `invalid_option` unless it is the path of a file. */
export function checkPath(path: unknown): asserts path is string {
  if (typeof path !== "string" || path === "")
    throw new CaptureError(
      "invalid_option",
      "",
      `path must be the path of a file, not ${path === "" ? "empty" : kindOf(path)}`,
    );
}

/** @throws {CaptureError} `invalid_option` unless it can be iterated. */
export function checkRecords(records: unknown): void {
  if (
    typeof records !== "object" ||
    records === null ||
    !(Symbol.asyncIterator in records || Symbol.iterator in records)
  )
    throw new CaptureError(
      "invalid_option",
      "",
      `records must be an iterable, such as readCapture(path), not ${kindOf(records)}`,
    );
}

/**
 * @throws {CaptureError} `invalid_option` unless the options are an object with options of these
 *   kinds.
 */
export function checkCaptureOptions<Options extends object>(
  options: Options,
  kinds: { readonly [Name in keyof Required<Options>]: OptionKind },
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options) || "aborted" in options)
    throw new CaptureError("invalid_option", "", `options must be an object, not ${kindOf(options)}`);
  checkKinds(options, kinds, (name, problem) => new CaptureError("invalid_option", "", `${name}: ${problem}`));
}
