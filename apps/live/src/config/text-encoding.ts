/** Whether bytes are UTF-16 or UTF-32 text, as Windows programs save it: by its byte order mark, or by its zero bytes. */
export function isWideText(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (
    (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || bytes.subarray(0, 64).includes(0)
  );
}
