import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { AmountBtc, BlockTime, MerkleRoot, Txid, UnixSeconds } from "./scalars.ts";

/** A transaction as a node published it. In JSON the bytes are hex. */
export const RawTransactionSchema = Type.Object(
  {
    rawBytes: Type.Uint8Array({ description: "The serialised transaction, witness included" }),
    timestamp: UnixSeconds,
    topic: Type.Literal("rawtx"),
  },
  { description: "A transaction as a node published it, with its arrival" },
);
/** A transaction as a node published it. In JSON the bytes are hex. */
export type RawTransaction = Static<typeof RawTransactionSchema>;

/** A payment: a transaction that passed the six rules of the filter. */
export const ProcessedTransactionSchema = Type.Object(
  {
    txid: Txid,
    amounts: Type.Array(AmountBtc, { maxItems: 2, description: "BTC, outputs in (1e-5, 1e5) only" }),
    timestamp: UnixSeconds,
    feeRate: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: "sat/vB; null when the inputs' amounts are unknown",
    }),
    inputCount: Type.Integer({ minimum: 1, maximum: 5 }),
    outputCount: Type.Literal(2),
  },
  { description: "A transaction that counts as a payment" },
);
/** A payment: a transaction that passed the six rules of the filter. */
export type ProcessedTransaction = Static<typeof ProcessedTransactionSchema>;

/** One input of a decoded transaction, as far as the contract goes. */
export const TransactionInputSchema = Type.Object({
  txid: Txid,
  vout: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
  scriptSig: Type.Uint8Array(),
  sequence: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
  witness: Type.Array(Type.Uint8Array()),
});
/** One input of a decoded transaction, as far as the contract goes. */
export type TransactionInput = Static<typeof TransactionInputSchema>;

/** One output of a decoded transaction. */
export const TransactionOutputSchema = Type.Object({
  valueSats: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Satoshi" }),
  script: Type.Uint8Array(),
});
/** One output of a decoded transaction. */
export type TransactionOutput = Static<typeof TransactionOutputSchema>;

/** A decoded transaction, as far as the contract goes. */
export const TransactionSchema = Type.Object({
  txid: Txid,
  inputs: Type.Array(TransactionInputSchema),
  outputs: Type.Array(TransactionOutputSchema),
});
/** A decoded transaction, as far as the contract goes. */
export type Transaction = Static<typeof TransactionSchema>;

/** A decoded block, as far as the contract goes. */
export const BlockSchema = Type.Object({
  header: Type.Object({ merkleRoot: MerkleRoot, time: BlockTime }),
  transactions: Type.Array(TransactionSchema),
  rawTransactions: Type.Array(Type.Uint8Array(), { description: "The bytes of each transaction, as views" }),
});
/** A decoded block, as far as the contract goes. */
export type Block = Static<typeof BlockSchema>;

/** The value as a {@link RawTransaction}. @throws ContractError naming the field that deviates */
export const checkRawTransaction: (value: unknown) => RawTransaction = contractCheck(
  "RawTransaction",
  RawTransactionSchema,
);
/** The value as a {@link ProcessedTransaction}. @throws ContractError naming the field that deviates */
export const checkProcessedTransaction: (value: unknown) => ProcessedTransaction = contractCheck(
  "ProcessedTransaction",
  ProcessedTransactionSchema,
);
/** The value as a {@link Transaction}. @throws ContractError naming the field that deviates */
export const checkTransaction: (value: unknown) => Transaction = contractCheck("Transaction", TransactionSchema);
/** The value as a {@link Block}. @throws ContractError naming the field that deviates */
export const checkBlock: (value: unknown) => Block = contractCheck("Block", BlockSchema);
