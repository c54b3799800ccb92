/** Maximum characters of the node's text in an error message. */
const LENGTH_MAX = 300;

/**
 * Makes text from the node safe for messages: truncated, one line, no control or invisible
 * characters.
 */
export function printable(text: string, lengthMax: number = LENGTH_MAX): string {
  // Truncate first: the rest may be long.
  const line = text
    .slice(0, lengthMax)
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  return text.length > lengthMax ? `${line}… (${text.length} characters)` : line;
}

/** Describes a value from the node for an error message. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(printable(value, 40));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
