import { type ContractName, contractSchemas, type JsonSchema, jsonSchemaOf } from "./json-schema.ts";

/** Contracts as the components of a document: the schemas, and how other parts of the document point to them. */
export interface ComponentSchemas {
  /** By component name, e.g. `PriceResponse`. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  reference(name: ContractName): { readonly $ref: string };
}

/** The given contracts under the names that generators of code will use: `price-response` becomes `PriceResponse`. */
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

/** What every document says of the service. */
export function documentInfo(version: string): { readonly [field: string]: unknown } {
  return {
    title: "UTXOracle Live",
    version,
    description:
      "The price of bitcoin in US dollars as the payments on the chain and in the mempool of one's own node show it. " +
      "An independent implementation.",
    license: { name: "MIT", url: "https://opensource.org/license/mit" },
  };
}
