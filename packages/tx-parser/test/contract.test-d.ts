// Checked by the compiler (`pnpm typecheck`). This package has no dependency and declares the
// contract's types itself; they must equal those in @utxoracle/models.
import type * as models from "@utxoracle/models";
import type { Block, ProcessedTransaction, RawTransaction, Transaction } from "../src/index.ts";

/** True only for identical types, including optional and readonly modifiers. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Plain<T> = { [K in keyof T]: T[K] };

export const contractHolds: [
  Same<Plain<RawTransaction>, Plain<models.RawTransaction>>,
  Same<Plain<ProcessedTransaction>, Plain<models.ProcessedTransaction>>,
  Same<keyof ProcessedTransaction, keyof models.ProcessedTransaction>,
] = [true, true, true];

// A parsed transaction has more fields than the contract requires.
export const parsedFits = (transaction: Transaction, block: Block): [models.Transaction, models.Block] => [
  transaction,
  block,
];
