import { StreamServerError } from "./stream-server-error.ts";

/** What an option may be; `any` if it has a check of its own. */
export type OptionKind = "function" | "boolean" | "string" | "object" | "any";

/** A wrong argument as errors show it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** A wrong number as errors show it: text in quotes. */
export function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Checks an argument with `contentType` and `body`. @throws StreamServerError `invalid_option` */
export function checkResponse(response: unknown, name: string): void {
  if (typeof response !== "object" || response === null || Array.isArray(response))
    throw new StreamServerError("invalid_option", `${name}: must be { contentType, body }, not ${kindOf(response)}`);
  const { contentType, body } = response as { readonly contentType?: unknown; readonly body?: unknown };
  if (typeof contentType !== "string")
    throw new StreamServerError("invalid_option", `${name}.contentType: must be text, not ${kindOf(contentType)}`);
  if (typeof body !== "string" && !(body instanceof Uint8Array))
    throw new StreamServerError("invalid_option", `${name}.body: must be text or a Uint8Array, not ${kindOf(body)}`);
}

/** Checks an HTTP status. @throws StreamServerError `invalid_option` */
export function checkStatus(status: unknown): void {
  if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599)
    throw new StreamServerError(
      "invalid_option",
      `status: must be an HTTP status from 200 to 599, not ${typeof status === "number" ? status : kindOf(status)}`,
    );
}

/** Checks text. @throws StreamServerError `invalid_option` */
export function checkText(value: unknown, name: string): void {
  if (typeof value !== "string")
    throw new StreamServerError("invalid_option", `${name}: must be text, not ${kindOf(value)}`);
}

/**
 * Rejects an unknown option, and a value of another type.
 *
 * @param kinds of all options
 * @param place of the options, as a prefix
 * @throws StreamServerError `invalid_option`
 */
export function checkOptions<Options extends object>(
  options: Options,
  kinds: { readonly [Name in keyof Required<Options>]: OptionKind },
  place = "",
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new StreamServerError("invalid_option", `options: must be an object, not ${kindOf(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name))
      throw new StreamServerError(
        "invalid_option",
        `${place}${name}: unknown option; the options are ${Object.keys(kinds).join(", ")}`,
      );
    const kind = kinds[name as keyof Options];
    if (value === undefined || kind === "any" || (typeof value === kind && value !== null)) continue;
    throw new StreamServerError(
      "invalid_option",
      `${place}${name}: must be ${kind === "object" ? "an object" : `a ${kind}`}, not ${kindOf(value)}`,
    );
  }
}

/** Checks the start of a URL that is a page's origin. @throws StreamServerError `invalid_option` */
export function checkOrigins(origins: unknown): void {
  if (!Array.isArray(origins))
    throw new StreamServerError(
      "invalid_option",
      `allowedOrigins: must be an array such as ["https://example.org"], or null for any, not ${kindOf(origins)}`,
    );
  for (const origin of origins)
    if (typeof origin !== "string" || !/^(null|[a-z][a-z\d+.-]*:\/\/[^/?#\s*]+)$/i.test(origin))
      throw new StreamServerError(
        "invalid_option",
        `allowedOrigins: ${JSON.stringify(origin)} is not an origin such as https://example.org`,
      );
}
