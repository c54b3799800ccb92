import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonLimitError, JsonStreamParser, JsonTextError } from "../src/json-stream-parser.ts";

const limits = (bytes: number) => ({ maxValues: 1000, maxStringBytes: bytes, maxValueBytes: bytes });

type Found = [path: string, key: string, value: unknown];

/** Parses a text in chunks that are split at the given positions. */
function takeApart(
  text: Uint8Array,
  cuts: readonly number[],
  opened: readonly string[],
): { found: Found[]; entered: string[] } {
  const found: Found[] = [];
  const members = new JsonStreamParser(
    opened,
    (path, key, json) => found.push([path, key, JSON.parse(json)]),
    limits(1e6),
  );
  const places = [0, ...[...cuts].map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  for (let index = 1; index < places.length; index++) members.push(text.subarray(places[index - 1], places[index]));
  members.end();
  return { found, entered: [...members.entered] };
}

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;

/** The same by JSON.parse. */
function expected(root: unknown, opened: readonly string[]): Found[] {
  const visit = (value: unknown, path: string): Found[] =>
    Object.entries(value as object).flatMap(([key, member]): Found[] => {
      const inner = path === "" ? key : `${path}.${key}`;
      return isContainer(member) && opened.includes(inner) ? visit(member, inner) : [[path, key, member]];
    });
  return isContainer(root) ? visit(root, "") : [["", "", root]];
}

// Object.entries sorts numeric keys, which a node does not use.
const key = fc.string({ maxLength: 6 }).filter((text) => !/^\d+$/.test(text) && text !== "__proto__");
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
})).value;
const cuts = fc.array(fc.nat(100_000), { maxLength: 8 });

describe("JsonStreamParser", () => {
  it("emits the values of JSON.parse, however the text is split and indented", () => {
    fc.assert(
      fc.property(json, json, cuts, fc.nat(2), (result, other, places, indent) => {
        const root = { result, error: null, other, nested: { result } };
        const text = Buffer.from(JSON.stringify(root, null, indent));
        const opened = ["result", "nested.result", "nested"];
        const { found } = takeApart(text, places, opened);
        expect(found).toEqual(expected(JSON.parse(text.toString()), opened));
      }),
      { numRuns: 300 },
    );
  });

  it("accepts any JSON and emits a lone value whole", () => {
    fc.assert(
      fc.property(json, cuts, (value, places) => {
        const text = Buffer.from(JSON.stringify(value));
        expect(takeApart(text, places, []).found).toEqual(expected(JSON.parse(text.toString()), []));
      }),
      { numRuns: 200 },
    );
  });

  it("rejects every incomplete text and never emits part of a number", () => {
    const text = Buffer.from(JSON.stringify({ result: { a: [1, { b: '}\\"' }], c: 12345 }, error: null, id: 3 }));
    for (let length = 0; length < text.length; length++)
      expect(() => takeApart(text.subarray(0, length), [], ["result"])).toThrow();
    for (let cut = 0; cut <= text.length; cut++)
      expect(takeApart(text, [cut], ["result"]).found).toContainEqual(["result", "c", 12345]);
  });

  it.each([
    '{"a":1}}',
    '{"a" 1}',
    "{a:1}",
    '{"a":1,}',
    "[1,]",
    "[,1]",
    "<html>",
    '{"a":1} x',
    "",
    "]",
    '{"a":1]',
    "{]",
  ])("rejects %j", (text) => {
    expect(() => takeApart(Buffer.from(text), [], [])).toThrow(JsonTextError);
  });

  it("rejects an oversized value before it is complete", () => {
    const members = new JsonStreamParser([], () => {}, limits(10));
    expect(() => members.push(Buffer.from('{"a":"0123456789'))).toThrow(JsonLimitError);
  });
});
