import { readFileSync } from "node:fs";
import { jsonSchemas } from "@utxoracle/models";
import { describe, expect, it } from "vitest";
import { contractsPage, contractTitle, fieldRows, typeInWords } from "../scripts/contracts.ts";

describe("docs/contracts.md", () => {
  const page = readFileSync(new URL("../contracts.md", import.meta.url), "utf8");

  it("is up to date", () => {
    expect(page, "run: pnpm docs:contracts").toBe(contractsPage());
  });

  it("has every contract with all fields", () => {
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      expect(page).toContain(`### ${contractTitle(name)}\n`);
      for (const row of fieldRows(schema)) expect(page).toContain(row);
    }
  });

  it("describes types completely", () => {
    expect(typeInWords({ type: "number", exclusiveMinimum: 0 })).toBe("number > 0");
    expect(typeInWords({ anyOf: [{ type: "number", minimum: 0, maximum: 1 }, { type: "null" }] })).toBe(
      "number ≥ 0 and ≤ 1 or null",
    );
    expect(typeInWords({ type: "array", items: { type: "string" }, maxItems: 2 })).toBe("list of string, at most 2");
    expect(typeInWords({ anyOf: [{ const: "ok" }, { const: "stale" }] })).toBe('`"ok"` | `"stale"`');
    expect(
      fieldRows({
        required: ["a"],
        properties: { a: { type: "object", required: [], properties: { b: { type: "string", description: "B" } } } },
      }),
    ).toEqual(["| `a` | object |  |", "| `a.b` (optional) | string | B |"]);
  });

  it("describes a nullable field by its value", () => {
    const height = { type: "integer", minimum: 0, description: "Height" };
    const properties = { a: { anyOf: [height, { type: "null" }] } };
    expect(fieldRows({ required: ["a"], properties })).toEqual(["| `a` | integer ≥ 0 or null | Height |"]);
  });
});
