import type { Static, TSchema } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { contractCheck } from "@utxoracle/models";

/**
 * The check of a contract, compiled: ten times as fast as the plain one, which holds the event loop for 50 to 70 ms at the
 * 10,000 points of a confirmed side. Readers must not wait so long.
 * @returns a function that returns its argument typed, or throws a `ContractError` naming the first field at fault.
 */
export function compiledCheck<T extends TSchema>(contract: string, schema: T): (value: unknown) => Static<T> {
  const compiled = TypeCompiler.Compile(schema);
  const explain = contractCheck(contract, schema);
  return (value) => (compiled.Check(value) ? value : explain(value));
}
