import { kindOf } from "./argument.ts";

/** Blocks of version 1 do not carry their height. */
const FIRST_VERSION_WITH_HEIGHT = 2;
const HEADER_BYTES = 80;
const OUTPOINT_BYTES = 36;

/**
 * The height that a block's coinbase states (BIP 34), or null if it states none.
 * @param block a block, or enough of its start to hold the first bytes of the coinbase's script.
 */
export function bip34Height(block: Uint8Array): number | null {
  if (!(block instanceof Uint8Array)) throw new TypeError(`block must be a Uint8Array, got ${kindOf(block)}`);
  if (block.length <= HEADER_BYTES) return null;
  const version = new DataView(block.buffer, block.byteOffset, block.length).getInt32(0, true);
  if (version < FIRST_VERSION_WITH_HEIGHT) return null;
  let position = HEADER_BYTES + compactSizeBytes(block[HEADER_BYTES]) + 4;
  // Marker and flag of a transaction with witness (BIP 144).
  if (block[position] === 0) position += 2;
  position += 1 + OUTPOINT_BYTES;
  position += compactSizeBytes(block[position]);
  const first = block[position];
  // Heights to 16 are pushed by one opcode: OP_1 … OP_16. The genesis block is of version 1 and
  // states none.
  if (first !== undefined && first >= 0x51 && first <= 0x60) return first - 0x50;
  if (first === undefined || first === 0 || first > 4 || position + first >= block.length) return null;
  let height = 0;
  for (let index = first; index >= 1; index--) height = height * 256 + (block[position + index] as number);
  return height;
}

const compactSizeBytes = (first: number | undefined): number =>
  first === undefined || first < 0xfd ? 1 : first === 0xfd ? 3 : first === 0xfe ? 5 : 9;
