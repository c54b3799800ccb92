import { readIds } from "./batch-ids.ts";
import {
  type HashEngineName,
  jobBytes,
  jobsAddress,
  jobsPerRun,
  messagesAddress,
  overreadBytes,
  type Sha256Engine,
} from "./sha256-engine.ts";
import { createJavaScriptEngine } from "./sha256-javascript.ts";
import { createWasmEngine } from "./sha256-wasm.ts";
import type { TransactionScan } from "./transaction-scan.ts";

let sharedEngine: Sha256Engine | undefined;

function engineInUse(): Sha256Engine {
  if (sharedEngine === undefined)
    try {
      sharedEngine = createWasmEngine();
    } catch {
      // No WebAssembly, no SIMD, or not allowed here. The ids are the same; `hashEngine` tells which one it is.
      sharedEngine = createJavaScriptEngine();
    }
  return sharedEngine;
}

/**
 * Which implementation of SHA-256 computes the ids here. It is chosen at the first use: WebAssembly where its SIMD is
 * there and allowed, JavaScript elsewhere (for instance under a Content-Security-Policy without `wasm-unsafe-eval`).
 */
export function hashEngine(): HashEngineName {
  return engineInUse().name;
}

/** More witness than this is not copied along: beyond it, leaving it out costs less than copying it. */
const copiedWitnessBytes = 2048;

/** Told after a run how many digests the engine has, in the order of the messages. */
type TakeDigests = (engine: Sha256Engine, count: number) => void;

function writeJob(memory: Uint8Array, job: number, place: number, length: number): void {
  const entry = jobsAddress + jobBytes * job;
  for (let byte = 0; byte < 4; byte++) {
    memory[entry + byte] = place >> (8 * byte);
    memory[entry + 4 + byte] = length >> (8 * byte);
  }
}

/**
 * Writes the job for what the txid is the hash of, once the transaction lies in the memory at `place`, at least up to
 * the end of its outputs: there the version is moved over marker and flag, and the lock time to the end of the outputs.
 * `source` is where the transaction comes from, and where in that it begins.
 */
function writeStrippedJob(
  memory: Uint8Array,
  job: number,
  place: number,
  source: Uint8Array,
  sourceOffset: number,
  { outputsEnd, size }: TransactionScan,
): void {
  const lockTime = sourceOffset + size - 4;
  for (let index = 0; index < 4; index++) {
    memory[place + 2 + index] = source[sourceOffset + index]!;
    memory[place + outputsEnd + index] = source[lockTime + index]!;
  }
  writeJob(memory, job, place + 2, outputsEnd + 2);
}

/**
 * Puts a message into an engine's memory and writes its job. Without a scan the message is the bytes as they are; with
 * one it is the transaction without marker, flag and witness.
 *
 * @returns where it ends in the memory; when that is more than the memory holds, nothing was done
 */
function placeMessage(
  { memory }: Sha256Engine,
  job: number,
  place: number,
  bytes: Uint8Array,
  scan: TransactionScan | null,
): number {
  const { length } = bytes;
  const isStripped = scan?.isSegwit === true;
  const isLarge = isStripped && length - scan.outputsEnd > copiedWitnessBytes;
  const end = place + (isLarge ? scan.outputsEnd + 4 : length) + overreadBytes;
  if (end > memory.length) return end;
  memory.set(isLarge ? bytes.subarray(0, scan.outputsEnd) : bytes, place);
  if (isStripped) writeStrippedJob(memory, job, place, bytes, 0, scan);
  else writeJob(memory, job, place, length);
  return end;
}

/** Hashes one message; the engine has its digest as that of job 0. */
function hashAlone(bytes: Uint8Array, scan: TransactionScan | null): Sha256Engine {
  let engine = engineInUse();
  const end = placeMessage(engine, 0, messagesAddress, bytes, scan);
  if (end > engine.memory.length) {
    // Larger than any valid one: an engine of its own, whose memory is given back.
    engine = createJavaScriptEngine(end);
    placeMessage(engine, 0, messagesAddress, bytes, scan);
  }
  engine.run(1);
  return engine;
}

/** The id of one message: the whole bytes, or with a scan the transaction without marker, flag and witness. */
export function hashToId(bytes: Uint8Array, scan: TransactionScan | null): string {
  return hashAlone(bytes, scan).readId(0);
}

/**
 * Hashes messages twice with SHA-256, as many at a time as the engine takes. Each one is copied into the engine's
 * memory, so nothing of the input is held afterwards.
 *
 * @param scans of transactions to hash without marker, flag and witness; null hashes the messages as they are
 */
export function hashMessages(
  messages: readonly Uint8Array[],
  scans: readonly TransactionScan[] | null,
  take: TakeDigests,
): void {
  const engine = engineInUse();
  let count = 0;
  let top: number = messagesAddress;
  const run = (): void => {
    if (count > 0) {
      engine.run(count);
      take(engine, count);
    }
    count = 0;
    top = messagesAddress;
  };
  messages.forEach((bytes, index) => {
    const scan = scans && scans[index]!;
    if (count === jobsPerRun) run();
    let end = placeMessage(engine, count, top, bytes, scan);
    if (end > engine.memory.length) {
      run();
      end = placeMessage(engine, count, top, bytes, scan);
      if (end > engine.memory.length) {
        take(hashAlone(bytes, scan), 1);
        return;
      }
    }
    count++;
    top = end;
  });
  run();
}

/** The ids of messages, in their order. */
export function hashToIds(messages: readonly Uint8Array[], scans: readonly TransactionScan[] | null): string[] {
  const ids: string[] = [];
  hashMessages(messages, scans, (engine, count) => {
    ids.push(...readIds(engine, count));
  });
  return ids;
}

/** Bytes of a block that are copied at once. */
const largestStretch = 0x80000;

/**
 * Hashes transactions that lie one behind the other in a block, without their witnesses: copied in long stretches,
 * which is faster than one by one.
 *
 * @param scans in the block's order, each beginning where the one before ends
 */
export function hashBlock(block: Uint8Array, scans: readonly TransactionScan[], take: TakeDigests): void {
  const engine = engineInUse();
  const { memory } = engine;
  for (let next = 0; next < scans.length; ) {
    const { offset } = scans[next]!;
    let count = 0;
    let stretch = 0;
    for (; count < jobsPerRun && next + count < scans.length; count++) {
      const scan = scans[next + count]!;
      const end = scan.offset + scan.size - offset;
      if (end > largestStretch) break;
      stretch = end;
    }
    if (count === 0) {
      const scan = scans[next++]!;
      take(hashAlone(block.subarray(offset, offset + scan.size), scan), 1);
      continue;
    }
    memory.set(block.subarray(offset, offset + stretch), messagesAddress);
    for (let job = 0; job < count; job++) {
      const scan = scans[next + job]!;
      const place = messagesAddress + scan.offset - offset;
      if (scan.isSegwit) writeStrippedJob(memory, job, place, block, scan.offset, scan);
      else writeJob(memory, job, place, scan.size);
    }
    engine.run(count);
    take(engine, count);
    next += count;
  }
}

/** The txids of the transactions of a block, as {@link hashBlock} takes them. */
export function hashBlockToTxids(block: Uint8Array, scans: readonly TransactionScan[]): string[] {
  const txids: string[] = [];
  hashBlock(block, scans, (engine, count) => {
    txids.push(...readIds(engine, count));
  });
  return txids;
}
