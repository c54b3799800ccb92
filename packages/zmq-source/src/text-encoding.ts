/** Bytes examined to detect an encoding. */
const SAMPLE_BYTES = 64;

const utf8Mark = [0xef, 0xbb, 0xbf];

const begins = (bytes: Uint8Array, ...expected: number[]): boolean =>
  expected.every((byte, index) => bytes[index] === byte);

/** Length of a leading UTF-8 byte order mark: 3 or 0. */
export const utf8MarkBytes = (head: Uint8Array): number => (begins(head, ...utf8Mark) ? utf8Mark.length : 0);

/**
 * Detects UTF-16 and UTF-32 by the byte order mark, or by the zero bytes of ASCII text in UTF-16.
 *
 * @param head at least the first 64 bytes, or the whole file
 * @returns null for everything else
 */
export function otherEncoding(head: Uint8Array): "UTF-16" | "UTF-32" | null {
  if (begins(head, 0xff, 0xfe, 0, 0) || begins(head, 0, 0, 0xfe, 0xff)) return "UTF-32";
  if (begins(head, 0xff, 0xfe) || begins(head, 0xfe, 0xff)) return "UTF-16";
  const sample = head.subarray(0, SAMPLE_BYTES);
  for (const zeros of [0, 1])
    if (sample.length >= 4 && sample.every((byte, index) => (byte === 0) === (index % 2 === zeros))) return "UTF-16";
  return null;
}
