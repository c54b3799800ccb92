/**
 * A small, fast, zero-dependency parser for Bitcoin transactions and blocks.
 *
 * @module @utxoracle/tx-parser
 */

export { batchPayouts } from "./batch-payouts.ts";
export { type Block, type BlockHeader, parseBlock, parseBlockHeader } from "./block.ts";
export { type BlockAmounts, examineBlockAmounts, type SeenIdPrefixes } from "./block-amounts.ts";
export { BlockStream, type BlockStreamOptions, type StreamedBlock, streamBlock } from "./block-stream.ts";
export { ByteWriter } from "./byte-writer.ts";
export { fee, feeRate, isRbf, type SpentOutput } from "./fee.ts";
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
export { hexReplacer, type PlainBlock, type PlainTransaction, toPlain } from "./plain.ts";
export { satsToBtc } from "./sats-to-btc.ts";
export { scanBlock, scanTransaction } from "./scan.ts";
export { scriptToAsm } from "./script-asm.ts";
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
