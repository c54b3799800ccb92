/**
 * Detects UTF-16 and UTF-32 text, which Windows programs save, by its byte order mark or by many
 * zero bytes. Binary files, such as a certificate in DER, have fewer.
 */
export function isWideText(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  const start = bytes.subarray(0, 64);
  const zeros = start.filter((byte) => byte === 0).length;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || zeros > start.length / 4;
}
