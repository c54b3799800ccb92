import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** Codes of {@link ContractError}. `invalid_field`: a field is missing or holds what the contract does not allow. */
export type ContractErrorCode = "invalid_field";

/** A value does not fulfil a contract. The message names the contract, the field at fault and what was expected there. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly code: ContractErrorCode = "invalid_field";
  /** Name of the contract, e.g. `MempoolUpdate`. */
  readonly contract: string;
  /** Path of the field at fault as in `data.stats.total_received`; empty for the value itself. */
  readonly field: string;
  /** What the contract expects there, e.g. `Expected number`. */
  readonly expected: string;

  constructor(contract: string, field: string, expected: string, found: unknown) {
    super(`${contract}: ${field === "" ? "the value" : `field "${field}"`}: ${expected}, found ${describe(found)}`);
    this.contract = contract;
    this.field = field;
    this.expected = expected;
  }
}

/** One deviation from a contract. */
export interface ContractDeviation {
  /** Path of the field as in `data.stats.total_received`; empty for the value itself. */
  readonly field: string;
  readonly expected: string;
  readonly found: unknown;
}

/**
 * The first `limit` deviations of `value` from `schema`, in the order of the schema; empty when it fulfils it.
 * @param limit most deviations to report, default 8.
 */
export function contractDeviations(schema: TSchema, value: unknown, limit = 8): ContractDeviation[] {
  const deviations: ContractDeviation[] = [];
  for (const error of Value.Errors(schema, value)) {
    // A failed union says only "union value"; its variants' own errors say which field is wrong.
    const deepest = deepestError(error) ?? error;
    deviations.push({ field: fieldOf(deepest.path), expected: deepest.message, found: deepest.value });
    if (deviations.length >= limit) break;
  }
  return deviations;
}

/**
 * Makes the check of one contract.
 * @returns a function that returns its argument typed, or throws {@link ContractError} naming the first field at fault.
 */
export function contractCheck<T extends TSchema>(contract: string, schema: T): (value: unknown) => Static<T> {
  return (value) => {
    if (Value.Check(schema, value)) return value;
    const [first] = contractDeviations(schema, value, 1);
    throw new ContractError(contract, first?.field ?? "", first?.expected ?? "Expected another value", first?.found);
  };
}

type SchemaError = ReturnType<ReturnType<typeof Value.Errors>["First"]> & object;

/** The deepest error inside a failed union, looked for in the variant that the value's `type` tag names if there is one. */
function deepestError(error: SchemaError): SchemaError | undefined {
  const variants = (error.errors ?? []).map((variant) => [...variant]);
  const tagged = variants.filter((errors) => !errors.some((inner) => inner.path === `${error.path}/type`));
  let deepest: SchemaError | undefined;
  for (const inner of (tagged.length > 0 ? tagged : variants).flat()) {
    const candidate = deepestError(inner) ?? inner;
    if (candidate.path.length <= error.path.length) continue;
    if (deepest === undefined || depthOf(candidate.path) > depthOf(deepest.path)) deepest = candidate;
  }
  return deepest;
}

const depthOf = (pointer: string): number => pointer.split("/").length;

/** JSON pointer (`/data/stats/0`) to the dotted form that people read (`data.stats.0`). */
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
