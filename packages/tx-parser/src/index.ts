/**
 * A small, fast, zero-dependency parser for Bitcoin transactions and blocks.
 *
 * @module @utxoracle/tx-parser
 */
export { type Block, type BlockHeader, parseBlock, parseBlockHeader } from "./block.ts";
export { type BlockAmounts, examineBlockAmounts, type SeenIdPrefixes } from "./block-amounts.ts";
export { ByteWriter } from "./byte-writer.ts";
export { hashEngine } from "./hash-batch.ts";
export { bytesToHex, hexToBytes } from "./hex.ts";
export type { BytesOrHex } from "./input.ts";
export { checkMerkleRoot, checkWitnessCommitment, computeMerkleRoot } from "./merkle.ts";
export {
  type ExaminedTransaction,
  examineBlockTransactions,
  examineMempoolTransaction,
  examineMempoolTransactions,
  type ProcessedTransaction,
  processMempoolTransaction,
  type RawTransaction,
  type RejectionReason,
  type SeenTxids,
} from "./payment-filter.ts";
export { scanBlock, scanTransaction } from "./scan.ts";
export { classifyScript, type ScriptType, type WitnessProgram, witnessProgram } from "./script-type.ts";
export {
  type SerializeTransactionOptions,
  serializeBlock,
  serializeBlockHeader,
  serializeTransaction,
  type TransactionFields,
} from "./serialize.ts";
export type { HashEngineName } from "./sha256-engine.ts";
export {
  type ParseTransactionOptions,
  parseTransaction,
  parseTransactions,
  type Transaction,
} from "./transaction.ts";
export type { TransactionInput, TransactionOutput } from "./transaction-parts.ts";
export { TransactionScan } from "./transaction-scan.ts";
export { TxParseError, type TxParseErrorCode } from "./tx-parse-error.ts";
export { computeTxid, computeTxids, computeWtxid, computeWtxids } from "./txid.ts";
