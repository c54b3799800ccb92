/** Longest piece of a text from the node that a message repeats, in characters. */
const REPEATED_LENGTH_MAX = 300;

/** A text from the node for a message: cut, in one line, without control or invisible characters. */
export function foreignText(text: string, lengthMax: number = REPEATED_LENGTH_MAX): string {
  // Cut first: the rest may be long.
  const line = text
    .slice(0, lengthMax)
    .replace(/\p{C}+/gu, " ")
    .trim();
  return text.length > lengthMax ? `${line}… (${text.length} characters)` : line;
}

/** What a value from the node is, for a message that says what should have been there. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(foreignText(value, 40));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
