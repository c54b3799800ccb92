import { budgets } from "../config/budgets.ts";

/** Deeper than any of our log fields; what lies deeper is left out. */
const DEPTH_MAX = 6;
/** Longest text of a line: a message, a field, an error's trace. What is longer comes from outside. */
const TEXT_LENGTH_MAX = budgets.logText.count;

/** A text for the log, cut where it is too long. */
export function logText(text: string): string {
  if (text.length <= TEXT_LENGTH_MAX) return text;
  return `${text.slice(0, TEXT_LENGTH_MAX)}… (${text.length} characters)`;
}

/** The fields of a log entry as plain JSON: errors with code, trace and causes, texts of bounded length. */
export function logFields(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, logValue(value, depth + 1)]));
}

function logValue(value: unknown, depth: number): unknown {
  if (typeof value === "string") return logText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEPTH_MAX) return "[too deep]";
  if (value instanceof Error) return errorFields(value, depth);
  if (Array.isArray(value)) return value.map((item) => logValue(item, depth + 1));
  // A date, a URL or a secret says itself how it is written.
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON();
  return logFields(value, depth);
}

/** An error with what helps: kind, code, message, trace and the chain of causes. */
function errorFields(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    type: name,
    ...("code" in error && { code: error.code }),
    message: logText(message),
    ...(stack !== undefined && { stack: logText(stack) }),
    ...(cause !== undefined && { cause: logValue(cause, depth + 1) }),
  };
}
