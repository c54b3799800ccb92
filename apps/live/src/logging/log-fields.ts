import { budgets } from "../config/budgets.ts";

/** Deeper values are omitted. No log field of the program is deeper. */
const DEPTH_MAX = 6;
/** Maximum length of a message, field or stack trace. Longer texts are from outside. */
const TEXT_LENGTH_MAX = budgets.logText.count;

/** Truncates a long text. */
export function logText(text: string): string {
  if (text.length <= TEXT_LENGTH_MAX) return text;
  return `${text.slice(0, TEXT_LENGTH_MAX)}… (${text.length} characters)`;
}

/** Converts log fields to plain JSON: errors with code, stack and causes; long texts truncated. */
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
  // Date, URL, Secret.
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON();
  return logFields(value, depth);
}

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
