import { type FeedMessage, type FeedTopic, feedTopics, type SequenceMessage } from "./topic.ts";

/**
 * An invalid multipart message. `counter` is set if readable, so that the message does not also
 * count as missed.
 */
export interface InvalidFrames {
  readonly topic: FeedTopic | null;
  readonly counter: number | null;
  readonly problem: string;
}

/** A message, or why the frames are invalid. */
export type DecodedFrames =
  | { readonly message: FeedMessage; readonly invalid: null }
  | { readonly message: null; readonly invalid: InvalidFrames };

const HASH_BYTES = 32;

const topicNames = feedTopics.map((topic) => ({ topic, name: new TextEncoder().encode(topic) }));

/**
 * Decodes a multipart message of Bitcoin Core: topic, body, 4-byte little-endian counter.
 * The bytes of transactions and blocks are views into the frame, not copies.
 *
 * @param frames the received frames
 * @param timestamp arrival time, Unix seconds
 */
export function decodeFrames(frames: readonly Uint8Array[], timestamp: number): DecodedFrames {
  const name = frames[0];
  const topic = name === undefined ? null : topicOf(name);
  if (name === undefined || topic === null)
    return invalid(null, null, `unknown topic ${name === undefined ? "(no frame)" : printable(name)}`);
  const body = frames[1];
  const counterFrame = frames[2];
  if (frames.length !== 3 || body === undefined || counterFrame === undefined)
    return invalid(topic, null, `${frames.length} frames instead of 3 (topic, body, counter)`);
  if (counterFrame.length !== 4) return invalid(topic, null, `a counter of ${counterFrame.length} bytes instead of 4`);
  const counter = readUint32(counterFrame, 0);

  switch (topic) {
    case "rawtx":
    case "rawblock":
      // Parsing is up to the consumer, but an empty body is always invalid.
      if (body.length === 0) return invalid(topic, counter, "an empty body");
      return valid({ topic, rawBytes: plainView(body), timestamp, counter });
    case "hashblock":
      if (body.length !== HASH_BYTES) return invalid(topic, counter, `a hash of ${body.length} bytes instead of 32`);
      return valid({ topic, hash: hex(body), timestamp, counter });
    case "sequence":
      return decodeSequence(body, timestamp, counter);
  }
}

function decodeSequence(body: Uint8Array, timestamp: number, counter: number): DecodedFrames {
  const topic = "sequence";
  if (body.length < HASH_BYTES + 1) return invalid(topic, counter, `a sequence body of ${body.length} bytes`);
  const label = String.fromCharCode(body[HASH_BYTES]!);
  if (!isLabel(label)) return invalid(topic, counter, `an unknown sequence label ${printable(body.subarray(32, 33))}`);
  const expectedBytes = label === "A" || label === "R" ? HASH_BYTES + 9 : HASH_BYTES + 1;
  if (body.length !== expectedBytes)
    return invalid(topic, counter, `a sequence body of ${body.length} bytes instead of ${expectedBytes} with ${label}`);
  const hash = hex(body.subarray(0, HASH_BYTES));
  if (label === "C" || label === "D") return valid({ topic, label, hash, mempoolSequence: null, timestamp, counter });
  const mempoolSequence = readUint32(body, 33) + readUint32(body, 37) * 2 ** 32;
  if (!Number.isSafeInteger(mempoolSequence))
    return invalid(topic, counter, "a mempool sequence beyond the safe integers");
  return valid({ topic, label, hash, mempoolSequence, timestamp, counter });
}

const valid = (message: FeedMessage): DecodedFrames => ({ message, invalid: null });

const invalid = (topic: FeedTopic | null, counter: number | null, problem: string): DecodedFrames => ({
  message: null,
  invalid: { topic, counter, problem },
});

const isLabel = (text: string): text is SequenceMessage["label"] =>
  text === "C" || text === "D" || text === "A" || text === "R";

/** Little-endian. Unlike DataView, needs no allocation per message. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}

/**
 * Converts the Buffers of ZeroMQ and zlib to plain Uint8Arrays over the same memory, as the
 * contract requires.
 */
export function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Compares bytes, because decoding a string per message would take longer than everything else. */
function topicOf(bytes: Uint8Array): FeedTopic | null {
  for (const { topic, name } of topicNames) {
    if (name.length !== bytes.length) continue;
    let same = 0;
    while (same < name.length && name[same] === bytes[same]) same += 1;
    if (same === name.length) return topic;
  }
  return null;
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** The first 16 bytes of untrusted data, safe to print. */
function printable(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, 16)).replace(/[^\x21-\x7e]/g, "?");
  return JSON.stringify(bytes.length > 16 ? `${text}…` : text);
}
