import { roundConstantsAddress, scheduleAddress } from "../src/sha256-wasm-memory.ts";
import { type Code, get, i32, repeatWhile, set, tee, v128, when } from "./assembler.ts";
import { firstLocal, indexLocal, type RoundInput, scheduleIndexLocal, secondLocal } from "./compression.ts";
import { fourLanes } from "./word-arithmetic.ts";

/** A sigma function of the schedule (FIPS 180-4, 4.1.2). */
const sigma = (local: number, left: number, right: number, shift: number): Code =>
  fourLanes.xor(fourLanes.rotateRight(local, left), fourLanes.rotateRight(local, right), v128.shr32(get(local), shift));

/**
 * The message schedule of four messages (FIPS 180-4, 6.2.2, step 1): from the first sixteen vectors
 * in memory, each one word of all messages, the other 48.
 */
export const fourSchedules: Code = [
  ...set(indexLocal, i32.const(0)),
  ...repeatWhile(
    [0, 1].flatMap((ahead) => {
      const earlier = (t: number): Code => v128.load(scheduleAddress + 16 * (ahead + t), get(indexLocal));
      return [
        ...set(firstLocal, earlier(1)),
        ...set(secondLocal, earlier(14)),
        ...v128.store(
          scheduleAddress + 16 * (ahead + 16),
          get(indexLocal),
          fourLanes.add(earlier(0), earlier(9), sigma(firstLocal, 7, 18, 3), sigma(secondLocal, 17, 19, 10)),
        ),
      ];
    }),
    i32.lessUnsigned(tee(indexLocal, i32.add(get(indexLocal), i32.const(2 * 16))), i32.const(48 * 16)),
  ),
];

/** Before four rounds of four messages: the index of their first vector in the schedule. */
export const findFourWords: Code = set(scheduleIndexLocal, i32.shl(get(indexLocal), i32.const(2)));

export const fourWords: RoundInput = (round) =>
  fourLanes.add(
    v128.load32Splat(roundConstantsAddress + 4 * round, get(indexLocal)),
    v128.load(scheduleAddress + 16 * round, get(scheduleIndexLocal)),
  );

/** Picks four words: 0 to 3 are those of the left vector, 4 to 7 those of the right one. */
const pick = (words: readonly number[], left: Code, right: Code): Code =>
  v128.shuffle(
    words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte)),
    left,
    right,
  );

/**
 * Before four rounds of a single message: adds their constants to their words, and computes the
 * words of the four rounds that are sixteen ahead. The processor does this beside the rounds, which
 * wait for each other.
 *
 * @param words locals of the next sixteen words, four in each vector
 * @param mixed a local to use
 * @param zero a local that is never set
 */
export function nextWords(words: readonly number[], mixed: number, zero: number): Code {
  const [words0, words4, words8, words12] = words.map(get) as [Code, Code, Code, Code];
  const [first, , , last] = words as [number, number, number, number];
  // The second sigma function of two words, each twice in 64 bits, so that a shift is a rotation.
  // Only words 0 and 2 of the result count.
  const sigmaOfTwo = fourLanes.xor(v128.shr64(get(mixed), 17), v128.shr64(get(mixed), 19), v128.shr32(get(mixed), 10));
  const shift = words.slice(1).flatMap((local, place) => set(words[place]!, get(local)));
  return [
    ...v128.store(scheduleAddress, i32.const(0), v128.add32(words0, v128.load(roundConstantsAddress, get(indexLocal)))),
    ...when(i32.lessUnsigned(get(indexLocal), i32.const(48 * 4)), [
      ...set(mixed, pick([1, 2, 3, 4], words0, words4)),
      ...set(first, fourLanes.add(words0, pick([1, 2, 3, 4], words8, words12), sigma(mixed, 7, 18, 3))),
      // The last two of the four words depend on the first two.
      ...set(mixed, pick([2, 2, 3, 3], words12, words12)),
      ...set(first, fourLanes.add(words0, pick([0, 2, 4, 4], sigmaOfTwo, get(zero)))),
      ...set(mixed, pick([0, 0, 1, 1], words0, words0)),
      ...set(mixed, fourLanes.add(words0, pick([0, 0, 4, 6], get(zero), sigmaOfTwo))),
    ]),
    ...shift,
    ...set(last, get(mixed)),
  ];
}

export const oneWord: RoundInput = (round) => i32.load(scheduleAddress + 4 * round, i32.const(0));
