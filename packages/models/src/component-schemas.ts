import { type ContractName, contractSchemas, type JsonSchema, jsonSchemaOf } from "./json-schema.ts";

/** Contracts as the components of an OpenAPI or AsyncAPI document. */
export interface ComponentSchemas {
  /** By component name, e.g. `PriceResponse`. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  reference(name: ContractName): { readonly $ref: string };
}

/**
 * The given contracts as components. Names suit code generators: `price-response` becomes
 * `PriceResponse`.
 */
export function componentSchemas(names: readonly ContractName[]): ComponentSchemas {
  return {
    schemas: Object.fromEntries(names.map((name) => [componentName(name), jsonSchemaOf(contractSchemas[name])])),
    reference: (name) => ({ $ref: `#/components/schemas/${componentName(name)}` }),
  };
}

function componentName(name: ContractName): string {
  return name
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

/** The `info` object of both documents. */
export function documentInfo(version: string): { readonly [field: string]: unknown } {
  return {
    title: "UTXOracle Live",
    version,
    description:
      "The US dollar price of bitcoin, estimated from payments in your own node's blocks and mempool. " +
      "Not affiliated with UTXOracle.",
    license: { name: "MIT", url: "https://opensource.org/license/mit" },
  };
}

/** @throws {TypeError} unless the options name the version of the document. */
export function checkVersion(options: { readonly version: string }): void {
  if (typeof options !== "object" || options === null || typeof options.version !== "string")
    throw new TypeError(`options must be an object with the document's version, such as { version: "1.0.0" }`);
}
