import type { Block } from "./block.ts";
import { hashMessages, hashToIds } from "./hash-batch.ts";
import { idFromHex, idToHex } from "./hex.ts";
import { checkArray, checkObject, viewOf } from "./input.ts";
import { digestsAddress } from "./sha256-engine.ts";

const hashBytes = 32;
const zeroId = /* @__PURE__ */ "0".repeat(64);

interface MerkleTree {
  root: Uint8Array;
  /** Whether two siblings are equal. */
  hasEqualSiblings: boolean;
}

/** Hashes pairs level by level; the last of an odd number is paired with itself. */
function buildTree(ids: readonly string[]): MerkleTree {
  let level = new Uint8Array(ids.length * hashBytes);
  ids.forEach((id, index) => {
    level.set(idFromHex(id, `ids[${index}]`), index * hashBytes);
  });
  let hasEqualSiblings = false;
  while (level.length > hashBytes) {
    const count = level.length / hashBytes;
    const pairs: Uint8Array[] = [];
    for (let index = 0; index < count; index += 2) {
      const isAlone = index + 1 === count;
      const pair = isAlone ? new Uint8Array(2 * hashBytes) : viewOf(level, index * hashBytes, 2 * hashBytes);
      if (isAlone) for (const offset of [0, hashBytes]) pair.set(level.subarray(index * hashBytes), offset);
      else if (idToHex(pair, 0) === idToHex(pair, hashBytes)) hasEqualSiblings = true;
      pairs.push(pair);
    }
    const parents = new Uint8Array(pairs.length * hashBytes);
    let written = 0;
    hashMessages(pairs, null, ({ memory }, digests) => {
      parents.set(memory.subarray(digestsAddress, digestsAddress + digests * hashBytes), written);
      written += digests * hashBytes;
    });
    level = parents;
  }
  return { root: ids.length === 0 ? new Uint8Array(hashBytes) : level, hasEqualSiblings };
}

/**
 * The merkle root of a list of ids.
 *
 * @param ids 64 hex digits each, in block order; an empty list gives all zeros, as in Bitcoin Core
 * @returns 64 hex digits, in the byte order of ids
 * @throws RangeError when an id is not 64 hex digits
 */
export function computeMerkleRoot(ids: readonly string[]): string {
  checkArray(ids, "ids");
  return idToHex(buildTree(ids).root, 0);
}

function checkParsedBlock(block: unknown): void {
  checkObject(block, "block", "a parsed block, as from parseBlock");
  checkArray((block as Partial<Block>).transactions, "block.transactions");
}

/**
 * Whether the merkle root in a block's header matches its transactions. Returns false for a list
 * that reaches the same root by repeating its last transactions (CVE-2012-2459).
 */
export function checkMerkleRoot(block: Pick<Block, "header" | "transactions">): boolean {
  checkParsedBlock(block);
  checkObject(block.header, "block.header", "the header of a parsed block");
  const { root, hasEqualSiblings } = buildTree(block.transactions.map(({ txid }) => txid));
  return !hasEqualSiblings && idToHex(root, 0) === block.header.merkleRoot;
}

/** OP_RETURN, a push of 36 bytes, and the four bytes that mark a commitment (BIP 141). */
const commitmentPrefix = [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed];

/**
 * Whether the coinbase commits to the block's witnesses (BIP 141). The last output with the
 * commitment prefix must hold the hash of the wtxids' merkle root and the coinbase's witness.
 *
 * @returns null when there is neither commitment nor witness, as before SegWit; false when one is
 *   missing or they do not match
 */
export function checkWitnessCommitment(block: Pick<Block, "transactions" | "rawTransactions">): boolean | null {
  checkParsedBlock(block);
  const coinbase = block.transactions[0];
  const commitment = [...(coinbase?.outputs ?? [])]
    .reverse()
    .find(({ script }) => script.length >= 38 && commitmentPrefix.every((byte, index) => script[index] === byte));
  if (coinbase === undefined || commitment === undefined)
    return block.transactions.some(({ isSegwit }) => isSegwit) ? false : null;
  const witness = coinbase.inputs[0]?.witness;
  const reserved = witness?.[0];
  if (witness?.length !== 1 || reserved?.length !== hashBytes) return false;
  const wtxids = [zeroId, ...hashToIds(block.rawTransactions.slice(1), null)];
  const message = new Uint8Array(2 * hashBytes);
  message.set(buildTree(wtxids).root);
  message.set(reserved, hashBytes);
  return hashToIds([message], null)[0] === idToHex(commitment.script, commitmentPrefix.length);
}
