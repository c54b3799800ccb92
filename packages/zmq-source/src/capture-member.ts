import { promisify } from "node:util";
import { crc32, deflateRaw, inflateRaw } from "node:zlib";
import { MAX_MEMBER_BYTES, MEMBER_HEAD_BYTES, MEMBER_TAIL_BYTES, memberSignature } from "./capture-format.ts";
import { plainView, readUint32 } from "./frames.ts";

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/**
 * Signatures are random and do not compress. This level takes a third of the default's time; size
 * within 2 %.
 */
const COMPRESSION_LEVEL = 3;

/** Packs bytes into a member, off the main thread. */
export async function packMember(content: Uint8Array): Promise<Uint8Array> {
  const packed = await deflate(content, { level: COMPRESSION_LEVEL });
  const member = new Uint8Array(MEMBER_HEAD_BYTES + packed.length + MEMBER_TAIL_BYTES);
  const view = new DataView(member.buffer);
  member.set(memberSignature);
  view.setUint32(16, member.length, true);
  member.set(packed, MEMBER_HEAD_BYTES);
  view.setUint32(member.length - 8, crc32(content), true);
  view.setUint32(member.length - 4, content.length, true);
  return member;
}

/** @returns the unpacked bytes, or null if the member is damaged */
export async function unpackMember(member: Uint8Array): Promise<Uint8Array | null> {
  const crc = readUint32(member, member.length - 8);
  const size = readUint32(member, member.length - 4);
  if (size > MAX_MEMBER_BYTES) return null;
  let content: Uint8Array;
  try {
    const packed = member.subarray(MEMBER_HEAD_BYTES, -MEMBER_TAIL_BYTES);
    // One chunk: zlib would concatenate several into a copy of the same size.
    content = plainView(await inflate(packed, { maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1) }));
  } catch {
    return null;
  }
  return content.length === size && crc32(content) === crc ? content : null;
}

/**
 * The member's stated length, or null if no member starts here.
 *
 * @param head at least {@link MEMBER_HEAD_BYTES} bytes
 */
export function memberLength(head: Uint8Array): number | null {
  if (memberSignature.some((byte, index) => head[index] !== byte)) return null;
  const length = readUint32(head, memberSignature.length);
  return length >= MEMBER_HEAD_BYTES + MEMBER_TAIL_BYTES && length <= MAX_MEMBER_BYTES + 2 ** 16 ? length : null;
}
