import { KindGuard, type Static, type TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** Codes of {@link ContractError}. `invalid_field`: a field is missing or has an invalid value. */
export type ContractErrorCode = "invalid_field";

/**
 * A value violates a contract. The message names the contract, the field and the expected value.
 */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly code: ContractErrorCode = "invalid_field";
  /** Name of the contract, e.g. `MempoolUpdate`. */
  readonly contract: string;
  /** Path of the invalid field, e.g. `data.stats.total_received`; empty for the value itself. */
  readonly field: string;
  /** Expected value, e.g. `Expected number`. */
  readonly expected: string;

  constructor(contract: string, field: string, expected: string, found: unknown) {
    super(`${contract}: ${field === "" ? "the value" : `field "${field}"`}: ${expected}, found ${describe(found)}`);
    this.contract = contract;
    this.field = field;
    this.expected = expected;
  }
}

/** One violation of a contract. */
export interface ContractDeviation {
  /** Path of the field, e.g. `data.stats.total_received`; empty for the value itself. */
  readonly field: string;
  readonly expected: string;
  readonly found: unknown;
}

/**
 * The first `limit` violations of `schema` by `value`, in schema order; empty for a valid value.
 *
 * @param limit maximum number of violations; default 8
 */
export function contractDeviations(schema: TSchema, value: unknown, limit = 8): ContractDeviation[] {
  checkSchema(schema);
  const deviations: ContractDeviation[] = [];
  for (const error of Value.Errors(schema, value)) {
    // A union's own error is just "union value"; the errors of its variants name the field.
    const deepest = deepestError(error) ?? error;
    deviations.push({ field: fieldOf(deepest.path), expected: deepest.message, found: deepest.value });
    if (deviations.length >= limit) break;
  }
  return deviations;
}

/** @throws TypeError unless it is a schema that TypeBox made */
export function checkSchema(schema: unknown): asserts schema is TSchema {
  if (!KindGuard.IsSchema(schema)) throw new TypeError(`schema must be a TypeBox schema, got ${describe(schema)}`);
}

/**
 * Creates the check of a contract.
 *
 * @returns a function that returns its argument, typed, or throws a {@link ContractError} for the
 *   first invalid field
 */
export function contractCheck<T extends TSchema>(contract: string, schema: T): (value: unknown) => Static<T> {
  if (typeof contract !== "string" || contract === "")
    throw new TypeError(`contract must be the name of a contract, got ${describe(contract)}`);
  checkSchema(schema);
  return (value) => {
    if (Value.Check(schema, value)) return value;
    const [first] = contractDeviations(schema, value, 1);
    throw new ContractError(contract, first?.field ?? "", first?.expected ?? "Expected another value", first?.found);
  };
}

type SchemaError = ReturnType<ReturnType<typeof Value.Errors>["First"]> & object;

/**
 * The deepest error inside a failed union. Prefers the variants whose tags (fields with one allowed
 * value, e.g. `type`) match the value best.
 */
function deepestError(error: SchemaError): SchemaError | undefined {
  const variants = (error.errors ?? []).map((variant) => [...variant]);
  const wrongTags = variants.map(
    (errors) => new Set(errors.filter(({ schema }) => "const" in schema).map(({ path }) => path)).size,
  );
  const fewest = Math.min(...wrongTags);
  let deepest: SchemaError | undefined;
  for (const inner of variants.filter((_, index) => wrongTags[index] === fewest).flat()) {
    const candidate = deepestError(inner) ?? inner;
    if (candidate.path.length <= error.path.length) continue;
    if (deepest === undefined || depthOf(candidate.path) > depthOf(deepest.path)) deepest = candidate;
  }
  return deepest;
}

const depthOf = (pointer: string): number => pointer.split("/").length;

/** Converts a JSON pointer (`/data/stats/0`) to a dotted path (`data.stats.0`). */
function fieldOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string")
    return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
