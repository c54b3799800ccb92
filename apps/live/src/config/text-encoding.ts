/**
 * Detects UTF-16 and UTF-32 text, which Windows programs save, by its byte order mark or zero
 * bytes.
 */
export function isWideText(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (
    (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || bytes.subarray(0, 64).includes(0)
  );
}
