import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { AmountBtc, BlockTime, MerkleRoot, Txid, UnixSeconds } from "./scalars.ts";

/** A raw transaction as published by a node. In JSON its bytes are hex. */
export const RawTransactionSchema = Type.Object(
  {
    rawBytes: Type.Uint8Array({ description: "The serialized transaction, witness included" }),
    timestamp: UnixSeconds,
    topic: Type.Literal("rawtx"),
  },
  { description: "A raw transaction as published by a node, with its arrival time" },
);
/** A raw transaction as published by a node. In JSON its bytes are hex. */
export type RawTransaction = Static<typeof RawTransactionSchema>;

/** A payment: a transaction that passed the six rules of the filter. */
export const ProcessedTransactionSchema = Type.Object(
  {
    txid: Txid,
    amounts: Type.Array(AmountBtc, { maxItems: 2, description: "BTC values of outputs within (1e-5, 1e5)" }),
    timestamp: UnixSeconds,
    feeRate: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: "sat/vB; null if the input amounts are unknown",
    }),
    inputCount: Type.Integer({ minimum: 1, maximum: 5 }),
    outputCount: Type.Literal(2),
  },
  { description: "A payment: a transaction that passed the filter" },
);
/** A payment: a transaction that passed the six rules of the filter. */
export type ProcessedTransaction = Static<typeof ProcessedTransactionSchema>;

/** An input of a decoded transaction: the fields that packages rely on. */
export const TransactionInputSchema = Type.Object({
  txid: Txid,
  vout: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
  scriptSig: Type.Uint8Array(),
  sequence: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
  witness: Type.Array(Type.Uint8Array()),
});
/** An input of a decoded transaction: the fields that packages rely on. */
export type TransactionInput = Static<typeof TransactionInputSchema>;

/** An output of a decoded transaction. */
export const TransactionOutputSchema = Type.Object({
  valueSats: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Satoshis" }),
  script: Type.Uint8Array(),
});
/** An output of a decoded transaction. */
export type TransactionOutput = Static<typeof TransactionOutputSchema>;

/** A decoded transaction: the fields that packages rely on. */
export const TransactionSchema = Type.Object({
  txid: Txid,
  inputs: Type.Array(TransactionInputSchema),
  outputs: Type.Array(TransactionOutputSchema),
});
/** A decoded transaction: the fields that packages rely on. */
export type Transaction = Static<typeof TransactionSchema>;

/** A decoded block: the fields that packages rely on. */
export const BlockSchema = Type.Object({
  header: Type.Object({ merkleRoot: MerkleRoot, time: BlockTime }),
  transactions: Type.Array(TransactionSchema),
  rawTransactions: Type.Array(Type.Uint8Array(), { description: "The bytes of each transaction, as views" }),
});
/** A decoded block: the fields that packages rely on. */
export type Block = Static<typeof BlockSchema>;

/** The value as a {@link RawTransaction}. @throws ContractError that names the invalid field */
export const checkRawTransaction: (value: unknown) => RawTransaction = contractCheck(
  "RawTransaction",
  RawTransactionSchema,
);
/**
 * The value as a {@link ProcessedTransaction}.
 *
 * @throws ContractError that names the invalid field
 */
export const checkProcessedTransaction: (value: unknown) => ProcessedTransaction = contractCheck(
  "ProcessedTransaction",
  ProcessedTransactionSchema,
);
/** The value as a {@link Transaction}. @throws ContractError that names the invalid field */
export const checkTransaction: (value: unknown) => Transaction = contractCheck("Transaction", TransactionSchema);
/** The value as a {@link Block}. @throws ContractError that names the invalid field */
export const checkBlock: (value: unknown) => Block = contractCheck("Block", BlockSchema);

/** The contracts of this file by name, e.g. for `/schemas/block.json`. */
export const transactionContracts = {
  block: BlockSchema,
  "processed-transaction": ProcessedTransactionSchema,
  "raw-transaction": RawTransactionSchema,
  transaction: TransactionSchema,
} as const;
