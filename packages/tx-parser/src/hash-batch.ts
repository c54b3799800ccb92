import { readIds } from "./batch-ids.ts";
import { hashNatively } from "./native-sha256.ts";
import {
  digestsAddress,
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
const minNativeBytesInBatch = 512;

/** Called after each run with the number of digests in the engine, in the order of the messages. */
type OnDigests = (engine: Sha256Engine, count: number) => void;

/**
 * Writes the job of a message in the memory. A long message is hashed once natively before: the
 * block of its second hash replaces its start.
 */
function writeMessageJob({ memory, name, view }: Sha256Engine, job: number, start: number, length: number): void {
  if (
    length >= minNativeBytesInBatch &&
    name === "wasm-simd" &&
    hashNatively(memory.subarray(start, start + length), memory, start)
  ) {
    // Padding of 32 bytes: a one bit, zeros, and the length of 256 bits.
    memory.fill(0, start + 32, start + 64);
    memory[start + 32] = 0x80;
    memory[start + 62] = 1;
    length = hashedOnceFlag | 64;
  }
  const entry = jobsAddress + jobBytes * job;
  view.setInt32(entry, start, true);
  view.setInt32(entry + 4, length, true);
}

/**
 * Strips a transaction in the memory to the bytes that its txid is the hash of. The version is
 * moved over marker and flag, and the lock time to the end of the outputs.
 *
 * @param address where the transaction is in the memory, at least up to the end of its outputs
 * @param source the bytes it was copied from
 * @param sourceOffset where the transaction starts in `source`
 * @returns the length of the stripped transaction, which starts at `address + 2`
 */
function strip(
  memory: Uint8Array,
  address: number,
  source: Uint8Array,
  sourceOffset: number,
  { outputsEnd, size }: TransactionScan,
): number {
  const lockTime = sourceOffset + size - 4;
  for (let index = 0; index < 4; index++) {
    memory[address + 2 + index] = source[sourceOffset + index]!;
    memory[address + outputsEnd + index] = source[lockTime + index]!;
  }
  return outputsEnd + 2;
}

/** The bytes of a message that are copied to the memory: all, unless a long witness follows. */
function copied(bytes: Uint8Array, scan: TransactionScan | null): Uint8Array {
  return scan?.isSegwit && bytes.length - scan.outputsEnd > copiedWitnessBytes
    ? bytes.subarray(0, scan.outputsEnd + 4)
    : bytes;
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
): number {
  const { memory } = engine;
  const message = copied(bytes, scan);
  const end = address + message.length + overreadBytes;
  if (end > memory.length) return end;
  memory.set(message, address);
  if (scan?.isSegwit) writeMessageJob(engine, job, address + 2, strip(memory, address, bytes, 0, scan));
  else writeMessageJob(engine, job, address, bytes.length);
  return end;
}

/**
 * Hashes one long message natively, then once more in the engine.
 *
 * @returns false when the message is short, or outside Node
 */
function hashAloneNatively(engine: Sha256Engine, message: Uint8Array): boolean {
  if (message.length < minNativeBytes || !hashNatively(message, engine.memory, digestsAddress)) return false;
  engine.rehash();
  return true;
}

/** Hashes one message. The returned engine holds its digest as job 0. */
function hashAlone(bytes: Uint8Array, scan: TransactionScan | null): Sha256Engine {
  let engine = engineInUse();
  const isStripped = scan?.isSegwit === true;
  if (!isStripped && hashAloneNatively(engine, bytes)) return engine;
  const message = copied(bytes, scan);
  const end = messagesAddress + message.length + overreadBytes;
  // Larger than any valid transaction: use a temporary engine, so that its memory is freed.
  if (end > engine.memory.length) engine = createJavaScriptEngine(end);
  const { memory } = engine;
  memory.set(message, messagesAddress);
  let start: number = messagesAddress;
  let { length } = bytes;
  if (isStripped) {
    length = strip(memory, start, bytes, 0, scan);
    start += 2;
    if (length >= minNativeBytes && hashAloneNatively(engine, memory.subarray(start, start + length))) return engine;
  }
  writeMessageJob(engine, 0, start, length);
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
      if (scan.isSegwit) writeMessageJob(engine, job, address + 2, strip(memory, address, block, scan.offset, scan));
      else writeMessageJob(engine, job, address, scan.size);
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
