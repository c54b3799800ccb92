// Checked by the compiler (`pnpm typecheck`): this package depends on nothing, so it declares the contract's types
// itself, and here they are proved to be the ones in @utxoracle/models.
import type * as models from "@utxoracle/models";
import type { Block, ProcessedTransaction, RawTransaction, Transaction } from "../src/index.ts";

/** True only when the two types are the same to the letter, optional and readonly marks included. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Plain<T> = { [K in keyof T]: T[K] };

export const contractHolds: [
  Same<Plain<RawTransaction>, Plain<models.RawTransaction>>,
  Same<Plain<ProcessedTransaction>, Plain<models.ProcessedTransaction>>,
  Same<keyof ProcessedTransaction, keyof models.ProcessedTransaction>,
] = [true, true, true];

// What is parsed holds more than the contract asks for.
export const parsedFits = (transaction: Transaction, block: Block): [models.Transaction, models.Block] => [
  transaction,
  block,
];
