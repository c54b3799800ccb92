import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { type ContractName, JSON_SCHEMA_DIALECT, jsonSchemas } from "../src/index.ts";
import { samples } from "./samples.ts";

const documents = jsonSchemas();

/** The sample in JSON: bytes as hex. */
function onTheWire(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      inner instanceof Uint8Array ? Buffer.from(inner).toString("hex") : inner,
    ),
  );
}

describe.each(Object.keys(documents) as ContractName[])("schemas/%s.json", (name) => {
  it("is valid against the 2020-12 meta-schema and compiles in strict mode", () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
    expect(documents[name]["$schema"]).toBe(JSON_SCHEMA_DIALECT);
    expect(ajv.validateSchema(documents[name]), JSON.stringify(ajv.errors)).toBe(true);
    const validate = ajv.compile(documents[name]);
    expect(validate(onTheWire(samples[name])), JSON.stringify(validate.errors)).toBe(true);
    expect(validate(7)).toBe(false);
  });

  it("is unchanged by JSON, so that the served file is the schema", () => {
    expect(JSON.parse(JSON.stringify(documents[name]))).toEqual(documents[name]);
  });
});

describe("field descriptions", () => {
  type Node = Readonly<Record<string, unknown>>;
  const asNodes = (value: unknown): Node[] =>
    Object.values((value ?? {}) as object).filter(
      (inner): inner is Node => typeof inner === "object" && inner !== null,
    );

  /** Every field of a schema with its description, or that of its non-null alternative. */
  function* fields(schema: Node): Generator<[name: string, description: string]> {
    for (const [name, field] of Object.entries((schema["properties"] ?? {}) as Record<string, Node>)) {
      const [other] = asNodes(field["anyOf"]).filter((alternative) => alternative["type"] !== "null");
      yield [name, String(field["description"] ?? other?.["description"] ?? "")];
    }
    for (const inner of asNodes(schema)) yield* fields(inner);
  }

  const all = Object.values(documents).flatMap((schema) => [...fields(schema)]);
  it.each([
    ["a time", /(^|_)(time|timestamp)$/i, /^Unix time in seconds/],
    ["a height", /height$/, /^Height of a block/],
    ["a merkle root", /^merkleRoot$/, /^Root of the block's merkle tree/],
    ["a transaction id", /^txid$/, /^Transaction id/],
  ])("give the unit of %s", (_, name, meaning) => {
    const named = all.filter(([field]) => name.test(field));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(([, description]) => !meaning.test(description))).toEqual([]);
  });
});
