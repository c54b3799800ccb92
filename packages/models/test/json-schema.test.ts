import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { type ContractName, JSON_SCHEMA_DIALECT, jsonSchemas } from "../src/index.ts";
import { samples } from "./samples.ts";

const documents = jsonSchemas();

/** The sample as it looks on the wire: bytes as hex. */
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

  it("survives JSON unchanged, so that the served file is the schema", () => {
    expect(JSON.parse(JSON.stringify(documents[name]))).toEqual(documents[name]);
  });
});
