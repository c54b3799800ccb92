import { StreamServerError } from "./stream-server-error.ts";

/** A wrong argument as errors show it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
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
