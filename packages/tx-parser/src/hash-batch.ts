import { readIds } from "./batch-ids.ts";
import { scanView } from "./input.ts";
import { nativeSha256 } from "./native-sha256.ts";
import {
  type HashEngineName,
  hashedOnceFlag,
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
      // No WebAssembly, no SIMD, or forbidden here. The ids are the same, computed more slowly.
      sharedEngine = createJavaScriptEngine();
    }
  return sharedEngine;
}

/**
 * The SHA-256 implementation in use, chosen on first use: WebAssembly where SIMD is available and
 * allowed, else JavaScript (for example under a Content-Security-Policy without
 * `wasm-unsafe-eval`).
 */
export function hashEngine(): HashEngineName {
  return engineInUse().name;
}

/** Above this size it is cheaper to leave the witness out than to copy it. */
const copiedWitnessBytes = 2048;

/**
 * From this size on the first of the two hashes is Node's own, where there is one: measured on
 * processors with SHA instructions. Four messages at a time take a fourth of the time each.
 */
const minNativeBytes = 120;
const minNativeBytesInBatch = 1024;

/** Called after each run with the number of digests in the engine, in the order of the messages. */
type OnDigests = (engine: Sha256Engine, count: number) => void;

function writeJob(memory: Uint8Array, job: number, address: number, length: number): void {
  const entry = jobsAddress + jobBytes * job;
  for (let byte = 0; byte < 4; byte++) {
    memory[entry + byte] = address >> (8 * byte);
    memory[entry + 4 + byte] = length >> (8 * byte);
  }
}

/**
 * Hashes a long message once with Node's SHA-256, and writes the job of its second hash. The block
 * of that hash replaces the start of the message in the memory.
 *
 * @returns false when the message is short, or there is no such SHA-256
 */
function writeNativeJob(
  engine: Sha256Engine,
  job: number,
  address: number,
  message: Uint8Array,
  minBytes: number,
): boolean {
  if (message.length < minBytes || engine.name !== "wasm-simd") return false;
  const digest = nativeSha256()?.("sha256", message, "latin1");
  if (digest === undefined) return false;
  const { memory } = engine;
  for (let index = 0; index < 32; index++) memory[address + index] = digest.charCodeAt(index);
  // Padding of 32 bytes: a one bit, zeros, and the length of 256 bits.
  memory.fill(0, address + 32, address + 64);
  memory[address + 32] = 0x80;
  memory[address + 62] = 1;
  writeJob(memory, job, address, hashedOnceFlag | 64);
  return true;
}

/**
 * Strips a transaction in the memory to the bytes that its txid is the hash of, and writes the job.
 * The version is moved over marker and flag, and the lock time to the end of the outputs.
 *
 * @param address where the transaction is in the memory, at least up to the end of its outputs
 * @param source the bytes it was copied from
 * @param sourceOffset where the transaction starts in `source`
 */
function writeStrippedJob(
  engine: Sha256Engine,
  job: number,
  address: number,
  source: Uint8Array,
  sourceOffset: number,
  { outputsEnd, size }: TransactionScan,
  minNative: number,
): void {
  const { memory } = engine;
  const lockTime = sourceOffset + size - 4;
  for (let index = 0; index < 4; index++) {
    memory[address + 2 + index] = source[sourceOffset + index]!;
    memory[address + outputsEnd + index] = source[lockTime + index]!;
  }
  const start = address + 2;
  const end = address + outputsEnd + 4;
  if (end - start < minNative || !writeNativeJob(engine, job, start, memory.subarray(start, end), minNative))
    writeJob(memory, job, start, end - start);
}

/**
 * Copies a message into an engine's memory and writes its job. Without a scan the message is the
 * bytes as they are; with a scan it is the transaction without marker, flag and witness.
 *
 * @returns the end address of the message; nothing was written if it exceeds the memory
 */
function placeMessage(
  engine: Sha256Engine,
  job: number,
  address: number,
  bytes: Uint8Array,
  scan: TransactionScan | null,
  minNative = minNativeBytesInBatch,
): number {
  const { memory } = engine;
  const { length } = bytes;
  const isStripped = scan?.isSegwit === true;
  const isLarge = isStripped && length - scan.outputsEnd > copiedWitnessBytes;
  const end = address + (isLarge ? scan.outputsEnd + 4 : length) + overreadBytes;
  if (end > memory.length) return end;
  if (!isStripped && writeNativeJob(engine, job, address, bytes, minNative)) return address + 64 + overreadBytes;
  memory.set(isLarge ? bytes.subarray(0, scan.outputsEnd) : bytes, address);
  if (isStripped) writeStrippedJob(engine, job, address, bytes, 0, scan, minNative);
  else writeJob(memory, job, address, length);
  return end;
}

/** Hashes one message. The returned engine holds its digest as job 0. */
function hashAlone(bytes: Uint8Array, scan: TransactionScan | null): Sha256Engine {
  let engine = engineInUse();
  const end = placeMessage(engine, 0, messagesAddress, bytes, scan, minNativeBytes);
  if (end > engine.memory.length) {
    // Larger than any valid transaction: use a temporary engine, so that its memory is freed.
    engine = createJavaScriptEngine(end);
    placeMessage(engine, 0, messagesAddress, bytes, scan);
  }
  engine.run(1);
  return engine;
}

/** The id of one message: of all bytes, or with a scan of the transaction without its witness. */
export function hashToId(bytes: Uint8Array, scan: TransactionScan | null): string {
  return hashAlone(bytes, scan).readId(0);
}

/**
 * Hashes messages twice with SHA-256, as many at a time as the engine takes. Messages are copied
 * into the engine's memory, so the input is not retained.
 *
 * @param scans hash these transactions without marker, flag and witness; null hashes all bytes
 */
export function hashMessages(
  messages: readonly Uint8Array[],
  scans: readonly TransactionScan[] | null,
  onDigests: OnDigests,
): void {
  const engine = engineInUse();
  let count = 0;
  let top: number = messagesAddress;
  const run = (): void => {
    if (count > 0) {
      engine.run(count);
      onDigests(engine, count);
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
        onDigests(hashAlone(bytes, scan), 1);
        return;
      }
    }
    count++;
    top = end;
  });
  run();
}

/** The ids of messages, in the same order. */
export function hashToIds(messages: readonly Uint8Array[], scans: readonly TransactionScan[] | null): string[] {
  const ids: string[] = [];
  hashMessages(messages, scans, (engine, count) => {
    ids.push(...readIds(engine, count));
  });
  return ids;
}

/** Bytes of a block that are copied at once. */
const maxStretchBytes = 0x80000;

/**
 * Hashes consecutive transactions of a block without their witnesses. Copies them in long
 * stretches, which is faster than one by one.
 *
 * @param scans in block order, each starting where the previous one ends
 */
export function hashBlock(block: Uint8Array, scans: readonly TransactionScan[], onDigests: OnDigests): void {
  const engine = engineInUse();
  const { memory } = engine;
  for (let next = 0; next < scans.length; ) {
    const { offset } = scans[next]!;
    let count = 0;
    let stretch = 0;
    for (; count < jobsPerRun && next + count < scans.length; count++) {
      const scan = scans[next + count]!;
      const end = scan.offset + scan.size - offset;
      if (end > maxStretchBytes) break;
      stretch = end;
    }
    if (count === 0) {
      const scan = scans[next++]!;
      onDigests(hashAlone(block.subarray(offset, offset + scan.size), scan), 1);
      continue;
    }
    memory.set(block.subarray(offset, offset + stretch), messagesAddress);
    for (let job = 0; job < count; job++) {
      const scan = scans[next + job]!;
      const address = messagesAddress + scan.offset - offset;
      if (scan.isSegwit) writeStrippedJob(engine, job, address, block, scan.offset, scan, minNativeBytesInBatch);
      else if (
        scan.size < minNativeBytesInBatch ||
        !writeNativeJob(engine, job, address, scanView(block, scan), minNativeBytesInBatch)
      )
        writeJob(memory, job, address, scan.size);
    }
    engine.run(count);
    onDigests(engine, count);
    next += count;
  }
}

/** The txids of a block's transactions, in block order. */
export function hashBlockToTxids(block: Uint8Array, scans: readonly TransactionScan[]): string[] {
  const txids: string[] = [];
  hashBlock(block, scans, (engine, count) => {
    txids.push(...readIds(engine, count));
  });
  return txids;
}
