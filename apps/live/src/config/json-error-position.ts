/** One JSON token, or the white space between two. */
const TOKEN =
  /[ \t\r\n]+|[{}[\],:]|"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end" | "nothing";

/**
 * Position of the first JSON syntax error. The errors of `JSON.parse` do not always have a position
 * and may quote the text.
 * @returns line and column, both from 1; the end of the text if it is truncated or valid.
 */
export function jsonErrorPosition(text: string): { readonly line: number; readonly column: number } {
  const before = text.slice(0, errorOffset(text)).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function errorOffset(text: string): number {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  for (let offset = 0; offset < text.length; ) {
    TOKEN.lastIndex = offset;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return offset;
    if (!/^\s/.test(token)) {
      const next = expectedAfter(token, expected, open);
      if (next === null) return offset;
      expected = next;
    }
    offset += token.length;
  }
  return text.length;
}

/**
 * @param open stack of open containers; updated for `token`.
 * @returns what may follow `token`; null if `token` is not allowed here.
 */
function expectedAfter(token: string, expected: Expected, open: ("{" | "[")[]): Expected | null {
  const afterValue = (): Expected => (open.length === 0 ? "nothing" : ", or end");
  const wantsValue = expected === "value" || expected === "value or ]";
  switch (token) {
    case "{":
    case "[":
      if (!wantsValue) return null;
      open.push(token);
      return token === "{" ? "key or }" : "value or ]";
    case "}":
      if ((expected !== "key or }" && expected !== ", or end") || open.pop() !== "{") return null;
      return afterValue();
    case "]":
      if ((expected !== "value or ]" && expected !== ", or end") || open.pop() !== "[") return null;
      return afterValue();
    case ",":
      if (expected !== ", or end") return null;
      return open.at(-1) === "{" ? "key" : "value";
    case ":":
      return expected === ":" ? "value" : null;
    default:
      if (expected === "key" || expected === "key or }") return token.startsWith('"') ? ":" : null;
      return wantsValue ? afterValue() : null;
  }
}
