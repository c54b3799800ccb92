import fc from "fast-check";
import type { FeedMessage } from "../src/index.ts";

const counter = fc.nat(2 ** 32 - 1);
const timestamp = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 4e9 }).map((seconds) => seconds + 0);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));

/** Generates any message that a node can send. */
export const anyMessage: fc.Arbitrary<FeedMessage> = fc.oneof(
  fc.record({ topic: fc.constant("rawtx" as const), rawBytes: bytes(1, 400), timestamp, counter }),
  fc.record({ topic: fc.constant("rawblock" as const), rawBytes: bytes(1, 900), timestamp, counter }),
  fc.record({ topic: fc.constant("hashblock" as const), hash, timestamp, counter }),
  fc.record({
    topic: fc.constant("sequence" as const),
    label: fc.constantFrom("A" as const, "R" as const),
    hash,
    mempoolSequence: fc.maxSafeNat(),
    timestamp,
    counter,
  }),
  fc.record({
    topic: fc.constant("sequence" as const),
    label: fc.constantFrom("C" as const, "D" as const),
    hash,
    mempoolSequence: fc.constant(null),
    timestamp,
    counter,
  }),
);

function bytes(minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength, maxLength }).map((array) => new Uint8Array(array));
}

/** Encodes a message as a node does. */
export function framesOf(message: FeedMessage): Uint8Array[] {
  const frame = Buffer.alloc(4);
  frame.writeUInt32LE(message.counter);
  return [Buffer.from(message.topic), bodyFrame(message), frame];
}

function bodyFrame(message: FeedMessage): Uint8Array {
  if (message.topic === "rawtx" || message.topic === "rawblock") return message.rawBytes;
  const hashBytes = Buffer.from(message.hash, "hex");
  if (message.topic === "hashblock") return hashBytes;
  if (message.mempoolSequence === null) return Buffer.concat([hashBytes, Buffer.from(message.label)]);
  const sequence = Buffer.alloc(8);
  sequence.writeBigUInt64LE(BigInt(message.mempoolSequence));
  return Buffer.concat([hashBytes, Buffer.from(message.label), sequence]);
}
