import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonErrorPosition } from "../src/config/json-error-position.ts";

describe("jsonErrorPosition", () => {
  it.each([
    ["", 1, 1],
    ['{"a": 1', 1, 8],
    ['{"a": 1,}', 1, 9],
    ['{\n  "a": 1,\n  "b": x\n}', 3, 8],
    ['{\r\n  "a": 1 // one\r\n}', 2, 10],
    ["{'a': 1}", 1, 2],
    ['{"a": "\n"}', 1, 7],
    ["[1, 2}", 1, 6],
    ["{} {}", 1, 4],
    ["01", 1, 2],
  ])("of %j is line %i, column %i", (text, line, column) => {
    expect(jsonErrorPosition(text)).toEqual({ line, column });
  });

  it("is the end for valid and truncated JSON", () => {
    const end = (text: string) => ({
      line: text.split("\n").length,
      column: (text.split("\n").at(-1) ?? "").length + 1,
    });
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string(), (json, at, other) => {
        expect(jsonErrorPosition(json)).toEqual(end(json));
        const cut = json.slice(0, at % json.length);
        const isWhole = (text: string): boolean => {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        };
        const changed = `${cut}${other}${json.slice(cut.length)}`;
        if (isWhole(changed)) expect(jsonErrorPosition(changed)).toEqual(end(changed));
      }),
    );
  });

  it("takes linear time", () => {
    for (const text of [
      "[".repeat(500_000),
      '"'.padEnd(500_000, "\\n"),
      `${"1,".repeat(250_000)}`,
      " ".repeat(500_000),
    ])
      expect(jsonErrorPosition(text).line).toBe(1);
  });
});
