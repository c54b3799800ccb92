/**
 * What one pass over a transaction's bytes finds out, without building anything: sizes, counts, and what the payment
 * filter asks for. Plain numbers and booleans; it holds no bytes and can be reused for the next transaction.
 */
export class TransactionScan {
  /** Where the transaction begins in the array that was scanned: 0, or its place in the block. */
  offset = 0;
  /** Length of the whole transaction in bytes, witness included. */
  size = 0;
  /** Where the number of inputs is written, from the transaction's beginning: 4, or 6 with marker and flag. */
  inputsOffset = 0;
  /** Where the number of outputs is written, from the transaction's beginning. */
  outputsOffset = 0;
  /** Where the outputs end, from the transaction's beginning: the witness if there is one, else the lock time follows. */
  outputsEnd = 0;
  /** Whether it is written in the format with witness (BIP 144). */
  isSegwit = false;
  inputCount = 0;
  outputCount = 0;
  /** Whether an input spends the null outpoint (all-zero txid, index 0xffffffff), as a coinbase does. */
  hasCoinbaseInput = false;
  /** Whether an output script begins with OP_RETURN. */
  hasOpReturn = false;
  /** Whether the witness items of one input are together longer than 500 bytes (so also if one alone is). */
  hasLargeWitness = false;
  /** Value of output 0 in satoshis; 0 where there is none. */
  firstValueSats = 0;
  /** Value of output 1 in satoshis; 0 where there is none. */
  secondValueSats = 0;
}
