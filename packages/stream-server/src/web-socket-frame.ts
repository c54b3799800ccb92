/** Opcode of a text frame (RFC 6455, section 5.2) with the FIN bit set. */
const FINAL_TEXT_FRAME = 0x81;
/** Marks a compressed message (RFC 7692, section 6): the RSV1 bit. */
const COMPRESSED = 0x40;
/** Up to this length, the second byte is the length. */
const SHORT_PAYLOAD_MAX = 125;
/** Second byte if the length follows in two bytes. */
const LENGTH_IN_16_BITS = 126;
/** Second byte if the length follows in eight bytes. */
const LENGTH_IN_64_BITS = 127;

/**
 * Encodes a text message as an unmasked frame (RFC 6455, section 5.2). Frames of a server have no
 * mask, so all clients can share it.
 *
 * @param payload UTF-8 text, or a text compressed for `permessage-deflate`
 */
export function textFrame(payload: Uint8Array, isCompressed = false): Buffer {
  const length = payload.byteLength;
  const headerBytes = length <= SHORT_PAYLOAD_MAX ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafeSlow(headerBytes + length);
  frame[0] = isCompressed ? FINAL_TEXT_FRAME | COMPRESSED : FINAL_TEXT_FRAME;
  if (headerBytes === 2) {
    frame[1] = length;
  } else if (headerBytes === 4) {
    frame[1] = LENGTH_IN_16_BITS;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_IN_64_BITS;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(payload, headerBytes);
  return frame;
}
