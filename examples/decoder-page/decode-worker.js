import { hashEngine, hexToBytes, parseTransaction, TxParseError } from "@utxoracle/tx-parser";

/** @param {string} hex */
function decode(hex) {
  try {
    const { txid, inputs, outputs, vsize } = parseTransaction(hexToBytes(hex.replace(/\s/g, "")));
    return {
      txid,
      vsize,
      inputs: inputs.length,
      outputs: outputs.map(({ valueSats, scriptType }) => [valueSats, scriptType]),
      engine: hashEngine(),
    };
  } catch (error) {
    if (error instanceof TxParseError) return { problem: `Not a transaction: ${error.message}` };
    // The text is not hex.
    return { problem: `Not hex: ${error instanceof Error ? error.message : error}` };
  }
}

self.onmessage = ({ data }) => self.postMessage(decode(data));
