import { compactSizeWidth, readLongCompactSize } from "./compact-size.ts";

/**
 * Bytes of a transaction that may be incomplete. Positions count from the start of a transaction.
 */
export interface GrowingBytes {
  bytes(): Uint8Array;
  /** Where the transaction starts in `bytes`. */
  start(): number;
  /** Number of bytes that have arrived since `start()`. */
  available(): number;
}

/**
 * Finds the end of a transaction whose bytes are still arriving, looking at each byte once. Yields
 * whenever more bytes are needed. Reads lengths only; `walkTransaction` checks them once the
 * transaction is complete.
 *
 * @returns the size of the transaction
 * @throws TxParseError for a length with a longer encoding than needed; its offset counts from the
 *   start of `bytes`
 */
export function* findTransactionEnd(source: GrowingBytes): Generator<undefined, number> {
  let position = 4;

  function* wait(end: number): Generator<undefined, void> {
    while (source.available() < end) yield;
  }
  const byteAt = (place: number): number => source.bytes()[source.start() + place]!;
  function* readLength(): Generator<undefined, number> {
    yield* wait(position + 1);
    const first = byteAt(position);
    const width = compactSizeWidth(first);
    yield* wait(position + width);
    position += width;
    if (first < 0xfd) return first;
    const end = source.start() + position;
    return readLongCompactSize(source.bytes(), end - width, end);
  }

  yield* wait(position + 2);
  // A zero and a nonzero flag: SegWit format. An unknown flag is rejected later.
  const isSegwit = byteAt(position) === 0 && byteAt(position + 1) !== 0;
  if (isSegwit) position += 2;
  const inputs = yield* readLength();
  for (let left = inputs; left > 0; left--) {
    position += 36;
    const scriptBytes = yield* readLength();
    position += scriptBytes + 4;
    yield* wait(position);
  }
  for (let left = yield* readLength(); left > 0; left--) {
    position += 8;
    const scriptBytes = yield* readLength();
    position += scriptBytes;
    yield* wait(position);
  }
  if (isSegwit)
    for (let input = inputs; input > 0; input--)
      for (let items = yield* readLength(); items > 0; items--) {
        const itemBytes = yield* readLength();
        position += itemBytes;
        yield* wait(position);
      }
  position += 4;
  yield* wait(position);
  return position;
}
