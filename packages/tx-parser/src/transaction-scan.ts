/**
 * Result of one pass over a transaction's bytes: sizes, counts and the flags that the payment
 * filter needs. Plain numbers and booleans; holds no bytes and can be reused for the next
 * transaction.
 */
export class TransactionScan {
  /** Start of the transaction in the scanned array: 0, or its position in the block. */
  offset = 0;
  /** Size of the transaction in bytes, witness included. */
  size = 0;
  /** Offset of the input count from the start of the transaction: 4, or 6 with marker and flag. */
  inputsOffset = 0;
  /** Offset of the output count from the start of the transaction. */
  outputsOffset = 0;
  /**
   * End of the outputs from the start of the transaction. The witness, if any, and the lock time
   * follow.
   */
  outputsEnd = 0;
  /** Whether it is in SegWit format (BIP 144). */
  isSegwit = false;
  inputCount = 0;
  outputCount = 0;
  /**
   * Whether an input spends the null outpoint (all-zero txid, index 0xffffffff), as in a coinbase.
   */
  hasCoinbaseInput = false;
  /** Whether an output script starts with OP_RETURN. */
  hasOpReturn = false;
  /** Whether the witness items of one input total more than 500 bytes. */
  hasLargeWitness = false;
  /** Value of output 0 in satoshis; 0 if there is none. */
  firstValueSats = 0;
  /** Value of output 1 in satoshis; 0 if there is none. */
  secondValueSats = 0;
}
