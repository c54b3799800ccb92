import { doubleSha256 } from "./double-sha256.ts";

/**
 * The root of Bitcoin's merkle tree: pairs are hashed together level by level, an odd last one with itself.
 *
 * @param hashes - ids in internal byte order, at least one, each 32 bytes
 */
export function merkleRoot(hashes: readonly Uint8Array[]): Buffer {
  if (hashes.length === 0) throw new RangeError("a merkle tree needs at least one hash");
  // One spare place, for the double of an odd last hash.
  const level = Buffer.allocUnsafe((hashes.length + 1) * 32);
  for (const [index, hash] of hashes.entries()) level.set(hash, index * 32);
  for (let count = hashes.length; count > 1; count = (count + 1) >> 1) {
    if (count % 2 === 1) level.copyWithin(count * 32, (count - 1) * 32, count * 32);
    for (let pair = 0; pair < count; pair += 2) {
      level.set(doubleSha256(level.subarray(pair * 32, pair * 32 + 64)), pair * 16);
    }
  }
  return Buffer.from(level.subarray(0, 32));
}
