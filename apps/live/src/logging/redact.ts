const REDACTED = "[redacted]";
/** Names of fields whose value is nobody's business. */
const SECRET_NAME = /passw|secret|cookie|authorization|credential|token/i;
/** Name and password inside a URL. */
const CREDENTIALS_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s"'<>,]*@/gi;
/** Deeper than any of our log fields; what lies deeper is cut off rather than shown unseen. */
const DEPTH_MAX = 6;

/** @returns `text` without the credentials of URLs in it. */
export function redactText(text: string): string {
  return text.replace(CREDENTIALS_IN_URL, `$1${REDACTED}@`);
}

/** @returns a copy of a log entry's fields without passwords, cookies, tokens, and credentials in URLs. */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactObject(fields, 0);
}

function redactObject(fields: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]): [string, unknown] => [
    name,
    SECRET_NAME.test(name) && value !== null && value !== undefined ? REDACTED : redactValue(value, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEPTH_MAX) return "[too deep]";
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  if (value instanceof Date) return value.toISOString();
  return redactObject(value, depth);
}

/** An error with what helps: kind, code, message, trace and the chain of causes. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...own } = error as Error & { code?: unknown };
  const { code } = own;
  return {
    type: name,
    ...(code !== undefined && { code }),
    message: redactText(message),
    ...(stack !== undefined && { stack: redactText(stack) }),
    ...(cause !== undefined && { cause: redactValue(cause, depth + 1) }),
  };
}
