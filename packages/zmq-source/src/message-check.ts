import { kindOf } from "./argument.ts";
import { type FeedMessage, feedTopics, isUnixSeconds, MAX_BODY_BYTES } from "./topic.ts";

/** Why a capture cannot hold a message, as text that names the field; null if it can. */
export function problemOf(message: FeedMessage): string | null {
  if (typeof message !== "object" || message === null) return `message must be an object, not ${kindOf(message)}`;
  const { topic, timestamp, counter } = message;
  if (!feedTopics.includes(topic)) return `topic must be one of ${feedTopics.join(", ")}, not ${String(topic)}`;
  if (!isUnixSeconds(timestamp)) return `timestamp must be Unix seconds, not ${String(timestamp)}`;
  if (!(Number.isInteger(counter) && counter >= 0 && counter < 2 ** 32))
    return `counter must be a whole number below 2^32, not ${String(counter)}`;
  if (topic === "rawtx" || topic === "rawblock") return bytesProblem(message.rawBytes);
  if (typeof message.hash !== "string" || !/^[0-9a-f]{64}$/i.test(message.hash)) return "hash must be 64 hex digits";
  return topic === "sequence" ? changeProblem(message.label, message.mempoolSequence) : null;
}

function bytesProblem(rawBytes: unknown): string | null {
  if (!(rawBytes instanceof Uint8Array)) return `rawBytes must be a Uint8Array, not ${kindOf(rawBytes)}`;
  if (rawBytes.length === 0) return "rawBytes must not be empty";
  return rawBytes.length > MAX_BODY_BYTES
    ? `a message of ${rawBytes.length} bytes exceeds the limit of ${MAX_BODY_BYTES}`
    : null;
}

function changeProblem(label: string, mempoolSequence: number | null): string | null {
  if (!/^[CDAR]$/.test(label)) return `label must be C, D, A or R, not ${String(label)}`;
  const isOfMempool = label === "A" || label === "R";
  if (isOfMempool ? Number.isSafeInteger(mempoolSequence) : mempoolSequence === null) return null;
  return `mempoolSequence of ${label} must be ${isOfMempool ? "a whole number" : "null"}, not ${String(mempoolSequence)}`;
}
