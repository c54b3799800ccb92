import { crc32 } from "node:zlib";
import { hex, readUint32 } from "./frames.ts";
import { type FeedMessage, isUnixSeconds, MAX_BODY_BYTES, type SequenceMessage } from "./topic.ts";

/*
 * The capture format, version 1. All numbers little-endian.
 *
 * A capture is a gzip file (RFC 1952) with several members, so any gzip tool can unpack it. Each
 * member starts with the same 16 bytes and stores its total length in an extra field, so that a
 * reader can step from member to member and detect an incomplete last one. A member holds complete
 * records only.
 *
 *   member 1f 8b 08 04 | 00 00 00 00 00 ff | 08 00 'U' 'O' 04 00 | u32 length of the member |
 *   deflate data | u32 CRC-32 | u32 size
 *
 * Unpacked and joined, the members are a header, alone in the first member, and records:
 *
 *   header "UTXOCAP\n" | u16 version | u16 0 | u32 length of the metadata | metadata, JSON | u32
 *   CRC-32 of all before record u32 length of the body | u8 topic | f64 arrival, Unix seconds | u32
 *   counter | body | u32 CRC-32 of all before
 *
 * The body is the published message: a transaction, a block, a hash, or hash, label and mempool
 * counter. Checksums do not prove that the values are valid, so lengths, times and counters are
 * checked too.
 */

/** Format version written by this package. */
export const CAPTURE_VERSION = 1;

/** Start of every member: a gzip header with the extra field "UO". */
export const memberSignature: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 8, 0, 0x55, 0x4f, 4, 0);
/** Signature and length. */
export const MEMBER_HEAD_BYTES = 20;
/** CRC-32 and size of the unpacked data. */
export const MEMBER_TAIL_BYTES = 8;
/** Maximum unpacked size of a member; bounds a reader's memory. */
export const MAX_MEMBER_BYTES = 8 * 2 ** 20;
/** Maximum length of the metadata. */
export const MAX_METADATA_BYTES = 2 ** 16;

const magic = new TextEncoder().encode("UTXOCAP\n");
const HEADER_FIXED_BYTES = 16;
const RECORD_HEAD_BYTES = 17;
const CRC_BYTES = 4;

/** Free-form metadata of a recording, e.g. chain and node version. */
export type CaptureMetadata = { readonly [key: string]: unknown };

const topicCodes = { rawtx: 1, rawblock: 2, hashblock: 3, sequence: 4 } as const;

export function encodeHeader(metadata: CaptureMetadata): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(metadata));
  const bytes = new Uint8Array(HEADER_FIXED_BYTES + json.length + CRC_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint16(8, CAPTURE_VERSION, true);
  view.setUint32(12, json.length, true);
  bytes.set(json, HEADER_FIXED_BYTES);
  view.setUint32(bytes.length - CRC_BYTES, crc32(bytes.subarray(0, -CRC_BYTES)), true);
  return bytes;
}

/** @returns the header, or a problem if it is invalid */
export function decodeHeader(bytes: Uint8Array): { version: number; metadata: CaptureMetadata } | { problem: string } {
  if (bytes.length < HEADER_FIXED_BYTES + CRC_BYTES || magic.some((byte, index) => bytes[index] !== byte))
    return { problem: "the file has no capture header" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint16(8, true);
  const length = view.getUint32(12, true);
  if (version !== CAPTURE_VERSION) return { version, metadata: {} };
  if (length > MAX_METADATA_BYTES)
    return { problem: `metadata of ${length} bytes exceeds the limit of ${MAX_METADATA_BYTES}` };
  if (bytes.length !== HEADER_FIXED_BYTES + length + CRC_BYTES) return { problem: "the header's length is wrong" };
  if (crc32(bytes.subarray(0, -CRC_BYTES)) !== view.getUint32(bytes.length - CRC_BYTES, true))
    return { problem: "the header's checksum is wrong" };
  try {
    const metadata: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_FIXED_BYTES, -CRC_BYTES)));
    if (typeof metadata === "object" && metadata !== null) return { version, metadata: { ...metadata } };
  } catch {
    // Fall through: the checksum matches, so the writer stored invalid JSON.
  }
  return { problem: "the header's metadata is not a JSON object" };
}

/** Size of a message's record in bytes. */
export function recordBytes(message: FeedMessage): number {
  return RECORD_HEAD_BYTES + bodyBytes(message) + CRC_BYTES;
}

/**
 * Writes a message's record to `target`, which must have {@link recordBytes} bytes after `offset`.
 *
 * @returns the offset after it
 */
export function encodeRecord(message: FeedMessage, target: Uint8Array, offset: number): number {
  const view = new DataView(target.buffer, target.byteOffset, target.length);
  const length = bodyBytes(message);
  const end = offset + RECORD_HEAD_BYTES + length;
  view.setUint32(offset, length, true);
  target[offset + 4] = topicCodes[message.topic];
  view.setFloat64(offset + 5, message.timestamp, true);
  view.setUint32(offset + 13, message.counter, true);
  writeBody(message, target, offset + RECORD_HEAD_BYTES, view);
  view.setUint32(end, crc32(target.subarray(offset, end)), true);
  return end + CRC_BYTES;
}

function bodyBytes(message: FeedMessage): number {
  switch (message.topic) {
    case "rawtx":
    case "rawblock":
      return message.rawBytes.length;
    case "hashblock":
      return 32;
    case "sequence":
      return message.mempoolSequence === null ? 33 : 41;
  }
}

function writeBody(message: FeedMessage, target: Uint8Array, offset: number, view: DataView): void {
  if (message.topic === "rawtx" || message.topic === "rawblock") {
    target.set(message.rawBytes, offset);
    return;
  }
  target.set(Buffer.from(message.hash, "hex"), offset);
  if (message.topic === "hashblock") return;
  target[offset + 32] = message.label.charCodeAt(0);
  if (message.mempoolSequence !== null) view.setBigUint64(offset + 33, BigInt(message.mempoolSequence), true);
}

/**
 * Yields the messages of an unpacked member.
 *
 * @returns offset and problem of the first invalid record; null if there is none
 */
export function* decodeRecords(
  bytes: Uint8Array,
): Generator<FeedMessage, { readonly at: number; readonly problem: string } | null, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < bytes.length) {
    if (at + RECORD_HEAD_BYTES + CRC_BYTES > bytes.length) return { at, problem: "a record is truncated" };
    const length = readUint32(bytes, at);
    if (length > MAX_BODY_BYTES)
      return { at, problem: `a record's length is ${length}, above the limit of ${MAX_BODY_BYTES}` };
    const end = at + RECORD_HEAD_BYTES + length;
    if (end + CRC_BYTES > bytes.length) return { at, problem: "a record exceeds its part of the file" };
    if (crc32(bytes.subarray(at, end)) !== readUint32(bytes, end))
      return { at, problem: "a record's checksum is wrong" };
    const timestamp = view.getFloat64(at + 5, true);
    if (!isUnixSeconds(timestamp)) return { at, problem: `a record's time, ${timestamp}, is not Unix time in seconds` };
    const message = decodeBody(bytes, view, at, end);
    if (message === null) return { at, problem: "a record has an unknown type or an invalid body" };
    yield message;
    at = end + CRC_BYTES;
  }
  return null;
}

function decodeBody(bytes: Uint8Array, view: DataView, at: number, end: number): FeedMessage | null {
  // Normalizes -0, which is a valid time but prints differently.
  const timestamp = Math.abs(view.getFloat64(at + 5, true));
  const counter = readUint32(bytes, at + 13);
  const body = bytes.subarray(at + RECORD_HEAD_BYTES, end);
  switch (bytes[at + 4]) {
    case topicCodes.rawtx:
      return body.length > 0 ? { topic: "rawtx", rawBytes: body, timestamp, counter } : null;
    case topicCodes.rawblock:
      return body.length > 0 ? { topic: "rawblock", rawBytes: body, timestamp, counter } : null;
    case topicCodes.hashblock:
      return body.length === 32 ? { topic: "hashblock", hash: hex(body), timestamp, counter } : null;
    case topicCodes.sequence: {
      const label = labels[String.fromCharCode(body[32] ?? 0)];
      const expectsCounter = label === "A" || label === "R";
      if (label === undefined || body.length !== (expectsCounter ? 41 : 33)) return null;
      const mempoolSequence = expectsCounter ? Number(view.getBigUint64(at + RECORD_HEAD_BYTES + 33, true)) : null;
      if (mempoolSequence !== null && !Number.isSafeInteger(mempoolSequence)) return null;
      return { topic: "sequence", label, hash: hex(body.subarray(0, 32)), mempoolSequence, timestamp, counter };
    }
    default:
      return null;
  }
}

const labels: { readonly [label: string]: SequenceMessage["label"] } = { C: "C", D: "D", A: "A", R: "R" };
