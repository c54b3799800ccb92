import { describe, expect, it } from "vitest";
import { schemaFields, typeInWords } from "../../src/serve/http/schema-fields.ts";

describe("schemaFields", () => {
  it("describes types with bounds, alternatives and literals", () => {
    expect(typeInWords({ type: "number", exclusiveMinimum: 0 })).toBe("number > 0");
    expect(typeInWords({ anyOf: [{ type: "number", minimum: 0, maximum: 1 }, { type: "null" }] })).toBe(
      "number from 0 to 1 or null",
    );
    expect(typeInWords({ type: "number", minimum: 0, maximum: 1e11 })).toBe("number ≥ 0");
    expect(typeInWords({ type: "array", items: { type: "string" }, maxItems: 2 })).toBe("list of string, at most 2");
    expect(typeInWords({ anyOf: [{ const: "ok" }, { const: "stale" }] })).toBe('`"ok"` | `"stale"`');
  });

  it("lists nested fields with their path", () => {
    const b = { type: "string", description: "B" };
    const a = { type: "object", required: [], properties: { b } };
    expect(schemaFields({ required: ["a"], properties: { a } })).toEqual([
      { path: "a", isOptional: false, type: "object", meaning: "" },
      { path: "a.b", isOptional: true, type: "string", meaning: "B" },
    ]);
    expect(schemaFields({ type: "array", items: a })).toMatchObject([{ path: "[].b" }]);
  });

  it("uses the description of the alternative to null", () => {
    const height = { type: "integer", minimum: 0, description: "Height" };
    const properties = { a: { anyOf: [height, { type: "null" }] } };
    expect(schemaFields({ required: ["a"], properties })).toMatchObject([
      { type: "integer ≥ 0 or null", meaning: "Height" },
    ]);
  });
});
