/** `psbt` and 0xff: the start of a partially signed transaction (BIP 174). */
const psbtStart = [0x70, 0x73, 0x62, 0x74, 0xff];
const hashBytes = 32;
/** Enough to tell text from a transaction, whose version is followed by bytes that are no digits. */
const sampledBytes = 256;

/**
 * Names what bytes that are no transaction or block probably are.
 *
 * @returns what they look like and the remedy; null for anything else
 */
export function mistakenFor(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "nothing: the input is empty";
  if (psbtStart.every((byte, index) => bytes[index] === byte))
    return "a PSBT: finalize it and extract the transaction (finalizepsbt)";
  if (bytes.length === hashBytes) return "a txid or hash: request the bytes by it (getrawtransaction, getblock)";
  if (bytes.subarray(0, sampledBytes).every(isHexOrSpace)) return "hex digits as text: pass them as a string";
  return null;
}

/** Whether a byte is the ASCII code of a hex digit or of white space. */
function isHexOrSpace(byte: number): boolean {
  const letter = byte | 0x20;
  return (
    (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66) || byte === 0x20 || (byte >= 9 && byte <= 13)
  );
}
