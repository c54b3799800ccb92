import { CaptureError } from "./capture-error.ts";
import { ZmqSourceError } from "./error.ts";

/** A wrong argument as errors show it: `undefined`, `null`, `an array`, `a number`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** @throws {ZmqSourceError} `invalid_option` unless the options are an object with `example`'s fields. */
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

/** @throws {CaptureError} `invalid_option` unless the options are an object. */
export function checkCaptureOptions(options: unknown): void {
  if (typeof options !== "object" || options === null)
    throw new CaptureError("invalid_option", "", `options must be an object, not ${kindOf(options)}`);
}
