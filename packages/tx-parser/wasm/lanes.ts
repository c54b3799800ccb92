import { digestsAddress, jobBytes, jobsAddress } from "../src/sha256-engine.ts";
import {
  activeLanesAddress,
  initialStateAddress,
  jobCountAddress,
  lanesAddress,
  nextJobAddress,
  stateAddress,
  tailBytes,
  tailsAddress,
} from "../src/sha256-wasm-memory.ts";
import {
  type Code,
  call,
  get,
  i32,
  i32Type,
  repeatWhile,
  set,
  tee,
  v128,
  type WasmFunction,
  when,
} from "./assembler.ts";

export const laneCount = 4;
const blockBytes = 64;

/**
 * Fields of a lane, 16 bytes per lane: address of its next block, number of blocks left, job, and
 * distance between blocks (0 while it is idle).
 */
export const lane = {
  bytes: 16,
  position: lanesAddress,
  blocksLeft: lanesAddress + 4,
  /** Four times the job's number, plus the part being hashed: full blocks, tail or second hash. */
  job: lanesAddress + 8,
  stride: lanesAddress + 12,
};
const fullBlocks = 0;
const tail = 1;
const secondHash = 2;

/** Indexes of the called functions. */
export interface LaneFunctions {
  copyTail: number;
  padTail: number;
  swapDigest: number;
  writeHexId: number;
  startTail: number;
  takeJob: number;
  advance: number;
  compressFour: number;
}

/** A variable at a fixed address. */
const load = (address: number): Code => i32.load(address, i32.const(0));
const store = (address: number, value: Code): Code => i32.store(address, i32.const(0), value);

const [laneAddress] = [0];
const setLane = (field: number, value: Code): Code => i32.store(field, get(laneAddress), value);
/** Lanes are 16 bytes apart, tails ten times as much. */
const tailOfLane: Code = i32.add(i32.const(tailsAddress), i32.mul(get(laneAddress), i32.const(tailBytes / lane.bytes)));

/** (laneAddress): switches the lane to the padded end of its message. */
export function startTail(functions: LaneFunctions): WasmFunction {
  const job = 1;
  const entry = i32.shl(i32.shrUnsigned(get(job), i32.const(2)), i32.const(Math.log2(jobBytes)));
  const body = [
    ...set(job, i32.load(lane.job, get(laneAddress))),
    ...setLane(
      lane.blocksLeft,
      call(functions.copyTail, i32.load(jobsAddress, entry), i32.load(jobsAddress + 4, entry), tailOfLane),
    ),
    ...setLane(lane.position, tailOfLane),
    ...setLane(lane.job, i32.or(get(job), i32.const(tail))),
  ];
  return { parameters: [i32Type], locals: [[1, i32Type]], body };
}

/** (laneAddress): gives the lane the next job, or makes it idle if there is none. */
export function takeJob(functions: LaneFunctions): WasmFunction {
  const [job, blocks] = [1, 2];
  const entry = i32.shl(get(job), i32.const(Math.log2(jobBytes)));
  const body = when(
    i32.lessUnsigned(tee(job, load(nextJobAddress)), load(jobCountAddress)),
    [
      ...store(nextJobAddress, i32.add(get(job), i32.const(1))),
      ...store(activeLanesAddress, i32.add(load(activeLanesAddress), i32.const(1))),
      ...setLane(lane.position, i32.load(jobsAddress, entry)),
      // The flag of a message that was hashed once is the number of the last part, in the same
      // place.
      ...setLane(
        lane.job,
        i32.or(i32.shl(get(job), i32.const(2)), i32.shrUnsigned(i32.load(jobsAddress + 4, entry), i32.const(30))),
      ),
      ...setLane(
        lane.blocksLeft,
        tee(
          blocks,
          i32.shrUnsigned(
            i32.shl(i32.load(jobsAddress + 4, entry), i32.const(2)),
            i32.const(2 + Math.log2(blockBytes)),
          ),
        ),
      ),
      ...setLane(lane.stride, i32.const(blockBytes)),
      ...when(i32.eqz(get(blocks)), call(functions.startTail, get(laneAddress))),
    ],
    [...setLane(lane.blocksLeft, i32.const(0x7fffffff)), ...setLane(lane.stride, i32.const(0))],
  );
  return { parameters: [i32Type], locals: [[2, i32Type]], body };
}

/** (laneAddress): continues a finished lane with its tail, the second hash, or the next job. */
export function advance(functions: LaneFunctions): WasmFunction {
  const [job, target, word, stateWord] = [1, 2, 3, 4];
  const isIn = (part: number): Code => i32.equal(i32.and(get(job), i32.const(3)), i32.const(part));
  const number = i32.shrUnsigned(get(job), i32.const(2));
  /** Moves the lane's digest out of the state and resets the state. */
  const takeDigest = [
    ...set(word, i32.const(0)),
    ...repeatWhile(
      [
        ...set(stateWord, i32.add(i32.shl(get(word), i32.const(2)), i32.shrUnsigned(get(laneAddress), i32.const(2)))),
        ...i32.store(0, i32.add(get(target), get(word)), i32.load(stateAddress, get(stateWord))),
        ...i32.store(stateAddress, get(stateWord), i32.load(initialStateAddress, get(word))),
      ],
      i32.lessUnsigned(tee(word, i32.add(get(word), i32.const(4))), i32.const(32)),
    ),
    ...call(functions.swapDigest, get(target)),
  ];
  const body = [
    ...set(job, i32.load(lane.job, get(laneAddress))),
    ...when(isIn(fullBlocks), call(functions.startTail, get(laneAddress)), [
      ...when(
        isIn(tail),
        set(target, tailOfLane),
        set(target, i32.add(i32.const(digestsAddress), i32.shl(number, i32.const(5)))),
      ),
      ...takeDigest,
      ...when(
        isIn(tail),
        [
          ...setLane(lane.position, get(target)),
          ...setLane(lane.blocksLeft, call(functions.padTail, get(target), i32.const(32), i32.const(32))),
          ...setLane(lane.job, i32.add(get(job), i32.const(secondHash - tail))),
        ],
        [
          ...call(functions.writeHexId, number),
          ...store(activeLanesAddress, i32.sub(load(activeLanesAddress), i32.const(1))),
          ...call(functions.takeJob, get(laneAddress)),
        ],
      ),
    ]),
  ];
  return { parameters: [i32Type], locals: [[4, i32Type]], body };
}

/** (jobCount): hashes all jobs, four at a time. */
export function runLanes(functions: LaneFunctions): WasmFunction {
  const [jobCount, eachLane, left, word] = [0, 1, 2, 3];
  const everyLane = (body: Code): Code => [
    ...set(eachLane, i32.const(0)),
    ...repeatWhile(
      body,
      i32.lessUnsigned(tee(eachLane, i32.add(get(eachLane), i32.const(lane.bytes))), i32.const(laneCount * lane.bytes)),
    ),
  ];
  const body = [
    ...store(jobCountAddress, get(jobCount)),
    ...store(nextJobAddress, i32.const(0)),
    // Reset the state: lanes that were idle at the end of the last run have hashed arbitrary bytes.
    ...set(word, i32.const(0)),
    ...repeatWhile(
      v128.store(stateAddress, i32.shl(get(word), i32.const(2)), v128.load32Splat(initialStateAddress, get(word))),
      i32.lessUnsigned(tee(word, i32.add(get(word), i32.const(4))), i32.const(32)),
    ),
    ...everyLane(call(functions.takeJob, get(eachLane))),
    ...repeatWhile(
      [
        ...call(functions.compressFour),
        ...everyLane([
          ...i32.store(
            lane.position,
            get(eachLane),
            i32.add(i32.load(lane.position, get(eachLane)), i32.load(lane.stride, get(eachLane))),
          ),
          ...set(left, i32.sub(i32.load(lane.blocksLeft, get(eachLane)), i32.const(1))),
          ...i32.store(lane.blocksLeft, get(eachLane), get(left)),
          ...when(i32.eqz(get(left)), call(functions.advance, get(eachLane))),
        ]),
      ],
      load(activeLanesAddress),
    ),
  ];
  return { parameters: [i32Type], locals: [[3, i32Type]], body };
}
