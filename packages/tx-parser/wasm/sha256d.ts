import { digestsAddress, engineMemoryBytes, jobsAddress } from "../src/sha256-engine.ts";
import { initialStateAddress, scheduleAddress, stateAddress, tailsAddress } from "../src/sha256-wasm-memory.ts";
import {
  assembleModule,
  type Code,
  call,
  get,
  i32,
  i32Type,
  repeatWhile,
  set,
  tee,
  v128,
  v128Type,
  type WasmFunction,
  when,
} from "./assembler.ts";
import { swapDigest, swapInWords, writeHalfId, writeHexId } from "./byte-order.ts";
import { compression, localsEnd, rounds, wordLocalsStart } from "./compression.ts";
import { advance, lane, runLanes, startTail, takeJob } from "./lanes.ts";
import { copyTail, padTail } from "./padding.ts";
import { findFourWords, fourSchedules, fourWords, nextWords, oneWord } from "./schedule.ts";
import { fourLanes, oneLane } from "./word-arithmetic.ts";

/**
 * Double SHA-256 (FIPS 180-4) of many messages. Word w of the working state is a vector with that
 * word of four messages. When a lane's message ends, its digest becomes the lane's second message.
 * When that ends, the lane takes the next job while the other three continue, so lanes are idle
 * only at the end of a run. A single message is hashed with 32-bit numbers instead, whose rotations
 * are single instructions; only its schedule is computed in vectors.
 */
const index = {
  padTail: 0,
  copyTail: 1,
  swapDigest: 2,
  writeHalfId: 3,
  writeHexId: 4,
  startTail: 5,
  takeJob: 6,
  advance: 7,
  compressFour: 8,
  runLanes: 9,
  compressOne: 10,
  resetOne: 11,
  takeOneDigest: 12,
  rehash: 13,
  run: 14,
};

/** Compresses one block of each lane. */
function compressFour(): WasmFunction {
  const pointers = [0, 1, 2, 3];
  const rows = [6, 7, 8, 9];
  const [left, right] = [10, 11];
  const [r0, r1, r2, r3] = rows as [number, number, number, number];
  const scheduleIndex = 4;

  // Turns four blocks into sixteen vectors of one word each: a 4 x 4 transposition per quarter,
  // whose first step also converts the words to big-endian.
  const word = (source: number, place: number): number[] => [3, 2, 1, 0].map((byte) => 16 * source + 4 * place + byte);
  const plain = (source: number, place: number): number[] => [0, 1, 2, 3].map((byte) => 16 * source + 4 * place + byte);
  const pairs = (from: number): number[] => [
    ...word(0, from),
    ...word(1, from),
    ...word(0, from + 1),
    ...word(1, from + 1),
  ];
  const halves = (from: number): number[] => [
    ...plain(0, from),
    ...plain(0, from + 1),
    ...plain(1, from),
    ...plain(1, from + 1),
  ];
  const twoRows = (from: number): Code => [
    ...set(left, v128.shuffle(pairs(from), get(r0), get(r1))),
    ...set(right, v128.shuffle(pairs(from), get(r2), get(r3))),
    ...[0, 1].flatMap((row) =>
      v128.store(
        scheduleAddress + 16 * (from + row),
        get(scheduleIndex),
        v128.shuffle(halves(2 * row), get(left), get(right)),
      ),
    ),
  ];
  const body = [
    ...pointers.flatMap((pointer, number) => set(pointer, i32.load(lane.position + lane.bytes * number, i32.const(0)))),
    ...set(scheduleIndex, i32.const(0)),
    ...repeatWhile(
      [
        ...rows.flatMap((row) => set(row, v128.load(0, get(row - wordLocalsStart)))),
        ...pointers.flatMap((pointer) => set(pointer, i32.add(get(pointer), i32.const(16)))),
        ...twoRows(0),
        ...twoRows(2),
      ],
      i32.lessUnsigned(tee(scheduleIndex, i32.add(get(scheduleIndex), i32.const(64))), i32.const(256)),
    ),
    ...fourSchedules,
    ...compression(fourLanes, findFourWords, fourWords),
  ];
  return {
    parameters: [],
    locals: [
      [wordLocalsStart, i32Type],
      [localsEnd - wordLocalsStart, v128Type],
    ],
    body,
  };
}

/** (position, blocks): compresses consecutive blocks of a single message. */
function compressOne(): WasmFunction {
  const [position, blocks] = [0, 1];
  const parameters = 2;
  const words = [0, 1, 2, 3].map((quarter) => localsEnd + quarter);
  const [mixed, zero] = [localsEnd + 4, localsEnd + 5];
  const body = when(
    get(blocks),
    repeatWhile(
      [
        ...words.flatMap((local, quarter) =>
          set(local, v128.shuffle(swapInWords, tee(mixed, v128.load(16 * quarter, get(position))), get(mixed))),
        ),
        ...compression(oneLane, nextWords(words, mixed, zero), oneWord),
        ...set(position, i32.add(get(position), i32.const(64))),
      ],
      tee(blocks, i32.sub(get(blocks), i32.const(1))),
    ),
  );
  return {
    parameters: new Array<number>(parameters).fill(i32Type),
    locals: [
      [localsEnd - parameters, i32Type],
      [6, v128Type],
    ],
    body,
  };
}

/** (): resets the state of the single message. */
function resetOne(): WasmFunction {
  const body = [0, 16].flatMap((offset) =>
    v128.store(stateAddress + offset, i32.const(0), v128.load(initialStateAddress + offset, i32.const(0))),
  );
  return { parameters: [], locals: [], body };
}

/** (): writes the digest of the single message as that of job 0. */
function takeOneDigest(): WasmFunction {
  const body = [
    ...[0, 16].flatMap((offset) =>
      v128.store(digestsAddress + offset, i32.const(0), v128.load(stateAddress + offset, i32.const(0))),
    ),
    ...call(index.swapDigest, i32.const(digestsAddress)),
  ];
  return { parameters: [], locals: [], body };
}

/** (): hashes the digest of job 0 once more and writes its id. */
function rehash(): WasmFunction {
  const digest = i32.const(digestsAddress);
  // A digest of 32 bytes is padded by a one bit, zeros, and the length of 256 bits. The padding is
  // where the digest of job 1 would be.
  const padding = (bytes: Readonly<Record<number, number>>): Code =>
    v128.const(Array.from({ length: 16 }, (_, index) => bytes[index] ?? 0));
  const body = [
    ...v128.store(32, digest, padding({ 0: 0x80 })),
    ...v128.store(48, digest, padding({ 14: 1 })),
    ...call(index.resetOne),
    ...call(index.compressOne, digest, i32.const(1)),
    ...call(index.takeOneDigest),
    ...call(index.writeHexId, i32.const(0)),
  ];
  return { parameters: [], locals: [], body };
}

/** (jobCount): hashes all jobs and writes their ids. */
function run(): WasmFunction {
  const [jobCount, position, length] = [0, 1, 2];
  const firstJob = (offset: number): Code => i32.load(jobsAddress + offset, i32.const(0));
  const tail = i32.const(tailsAddress);
  // Only the lanes take a message that was hashed once; see hashedOnceFlag.
  const isForLanes = i32.or(
    i32.sub(get(jobCount), i32.const(1)),
    i32.shrUnsigned(tee(length, firstJob(4)), i32.const(31)),
  );
  const body = when(isForLanes, call(index.runLanes, get(jobCount)), [
    ...set(position, firstJob(0)),
    ...call(index.resetOne),
    ...call(index.compressOne, get(position), i32.shrUnsigned(get(length), i32.const(6))),
    ...call(index.compressOne, tail, call(index.copyTail, get(position), get(length), tail)),
    ...call(index.takeOneDigest),
    ...call(index.rehash),
  ]);
  return { parameters: [i32Type], locals: [[2, i32Type]], body };
}

/** The unrolled rounds of the module. */
export const unrolled: Code[][] = [rounds(fourLanes, fourWords), rounds(oneLane, oneWord)];

/** The module's bytes. */
export function assembleSha256d(): Uint8Array {
  return assembleModule(
    [
      padTail(),
      copyTail(index.padTail),
      swapDigest(),
      writeHalfId(),
      writeHexId(index.writeHalfId),
      startTail(index),
      takeJob(index),
      advance(index),
      compressFour(),
      runLanes(index),
      compressOne(),
      resetOne(),
      takeOneDigest(),
      rehash(),
      run(),
    ],
    { r: index.run, s: index.rehash },
    engineMemoryBytes / 65536,
  );
}
