import { roundConstantsAddress, scheduleAddress } from "../src/sha256-wasm-memory.ts";
import { type Code, get, i32, repeatWhile, set, tee } from "./assembler.ts";
import type { WordArithmetic } from "./word-arithmetic.ts";

/** Number of unrolled rounds. */
export const unrolledRounds = 4;

/**
 * Locals of `compression` in both functions that contain it. a…h are `workingLocal` and the seven
 * after it. The module loader depends on these numbers (src/sha256-module-loader.ts).
 */
const indexLocal = 4;
const constantIndexLocal = 5;
export const workingLocal = 6;
const firstLocal = 14;
const secondLocal = 15;
export const differsLocal = 16;
const differedBeforeLocal = 17;
/** Locals below this index are 32-bit numbers; from here to `localsEnd` they are words. */
export const wordLocalsStart = 6;
export const localsEnd = 18;

/**
 * SHA-256's compression function (FIPS 180-4, 6.2.2) for a block whose sixteen words are already in
 * the schedule: the other 48 words, 64 rounds, and the sum with the state. Unrolled by two and by
 * four only, so that the code stays under the 4 KB that older browsers compile synchronously; more
 * gains nothing.
 */
export function compression(word: WordArithmetic, stateAddress: number, stateBase: Code): Code {
  const working = Array.from({ length: 8 }, (_, place) => workingLocal + place);
  const index = get(indexLocal);

  const expand = (ahead: number): Code => {
    const earlier = (t: number): Code => word.load(scheduleAddress + word.bytes * (ahead + t), index);
    const sigma = (local: number, left: number, right: number, shift: number): Code =>
      word.xor(word.rotateRight(local, left), word.rotateRight(local, right), word.shiftRight(local, shift));
    return [
      ...set(firstLocal, earlier(1)),
      ...set(secondLocal, earlier(14)),
      ...word.store(
        scheduleAddress + word.bytes * (ahead + 16),
        index,
        word.add(earlier(0), earlier(9), sigma(firstLocal, 7, 18, 3), sigma(secondLocal, 17, 19, 10)),
      ),
    ];
  };
  const swapHalves = [0, 1, 2, 3].flatMap((place) => [
    ...set(firstLocal, get(workingLocal + place)),
    ...set(workingLocal + place, get(workingLocal + place + 4)),
    ...set(workingLocal + place + 4, get(firstLocal)),
  ]);
  const stateWord = (place: number): Code => word.load(stateAddress + word.bytes * place, stateBase);
  return [
    ...set(indexLocal, i32.const(0)),
    ...repeatWhile(
      [0, 1].flatMap(expand),
      i32.lessUnsigned(tee(indexLocal, i32.add(index, i32.const(2 * word.bytes))), i32.const(48 * word.bytes)),
    ),
    ...working.flatMap((local, place) => set(local, stateWord(place))),
    ...set(differedBeforeLocal, word.xor(get(workingLocal + 1), get(workingLocal + 2))),
    ...set(indexLocal, i32.const(0)),
    ...set(constantIndexLocal, i32.const(0)),
    ...repeatWhile([...rounds(word).flat(), ...swapHalves], i32.lessUnsigned(get(constantIndexLocal), i32.const(256))),
    ...working.flatMap((local, place) =>
      word.store(stateAddress + word.bytes * place, stateBase, word.add(get(local), stateWord(place))),
    ),
  ];
}

/**
 * The unrolled rounds. Instead of moving eight words, each round uses locals shifted by one; after
 * four rounds, halves are swapped. Rounds differ only in their locals, so the module's text holds
 * only the first.
 */
export function rounds(word: WordArithmetic): Code[] {
  const sum = (local: number, left: number, middle: number, right: number): Code =>
    word.xor(word.rotateRight(local, left), word.rotateRight(local, middle), word.rotateRight(local, right));
  return Array.from({ length: unrolledRounds }, (_, number) => {
    const role = (place: number): number => workingLocal + ((place - number) & 7);
    const [a, b, d, e, f, g, h] = [role(0), role(1), role(3), role(4), role(5), role(6), role(7)];
    const [ab, bc] = [differsLocal + (number & 1), differsLocal + ((number + 1) & 1)];
    return [
      ...set(
        h,
        word.add(
          word.loadConstant(roundConstantsAddress, get(constantIndexLocal)),
          word.load(scheduleAddress, get(indexLocal)),
          get(h),
          word.choose(e, f, g),
          sum(e, 6, 11, 25),
        ),
      ),
      ...set(indexLocal, i32.add(get(indexLocal), i32.const(word.bytes))),
      ...set(constantIndexLocal, i32.add(get(constantIndexLocal), i32.const(4))),
      ...set(d, word.add(get(d), get(h))),
      // Majority of a, b, c: b, except where it differs from both. A round's a and b are the next
      // one's b and c.
      ...set(ab, word.xor(get(a), get(b))),
      ...set(h, word.add(get(h), word.xor(get(b), word.and(get(ab), get(bc))), sum(a, 2, 13, 22))),
    ];
  });
}
