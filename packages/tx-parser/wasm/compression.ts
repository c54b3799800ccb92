import { stateAddress } from "../src/sha256-wasm-memory.ts";
import { type Code, get, i32, repeatWhile, set, tee } from "./assembler.ts";
import type { WordArithmetic } from "./word-arithmetic.ts";

/** Number of unrolled rounds. */
export const unrolledRounds = 4;

/**
 * Locals of `compression` in both functions that contain it. a…h are `workingLocal` and the seven
 * after it. The module loader depends on these numbers (src/sha256-module-loader.ts).
 */
export const indexLocal = 4;
export const scheduleIndexLocal = 5;
export const workingLocal = 6;
export const firstLocal = 14;
export const secondLocal = 15;
export const differsLocal = 16;
const differedBeforeLocal = 17;
/** Locals below this index are 32-bit numbers; from here to `localsEnd` they are words. */
export const wordLocalsStart = 6;
export const localsEnd = 18;

/** The sum of a round's constant and its word of the schedule. */
export type RoundInput = (round: number) => Code;

/**
 * The 64 rounds of SHA-256's compression function (FIPS 180-4, 6.2.2), and the sum with the state.
 * Unrolled by four only, so that the code stays under the 4 KB that older browsers compile
 * synchronously; more gains nothing.
 *
 * @param prepare code before each four rounds, whose first constant is at the index
 */
export function compression(word: WordArithmetic, prepare: Code, input: RoundInput): Code {
  const working = Array.from({ length: 8 }, (_, place) => workingLocal + place);
  const halfOfWorking = working.slice(0, 4);
  const swapHalves = halfOfWorking.flatMap((local) => [
    ...get(local),
    ...get(local + 4),
    ...set(local, []),
    ...set(local + 4, []),
  ]);
  const stateWord = (place: number): Code => word.load(stateAddress + word.bytes * place, i32.const(0));
  return [
    ...working.flatMap((local, place) => set(local, stateWord(place))),
    ...set(differedBeforeLocal, word.xor(get(workingLocal + 1), get(workingLocal + 2))),
    ...set(indexLocal, i32.const(0)),
    ...repeatWhile(
      [...prepare, ...rounds(word, input).flat(), ...swapHalves],
      i32.lessUnsigned(tee(indexLocal, i32.add(get(indexLocal), i32.const(4 * unrolledRounds))), i32.const(256)),
    ),
    ...working.flatMap((local, place) =>
      word.store(stateAddress + word.bytes * place, i32.const(0), word.add(get(local), stateWord(place))),
    ),
  ];
}

/**
 * The unrolled rounds. Instead of moving eight words, each round uses locals shifted by one; after
 * four rounds, halves are swapped. Rounds differ only in their locals and in the addresses of their
 * input, so the module's text holds only the first.
 */
export function rounds(word: WordArithmetic, input: RoundInput): Code[] {
  const sum = (local: number, left: number, middle: number, right: number): Code =>
    word.xor(word.rotateRight(local, left), word.rotateRight(local, middle), word.rotateRight(local, right));
  return Array.from({ length: unrolledRounds }, (_, number) => {
    const role = (place: number): number => workingLocal + ((place - number) & 7);
    const [a, b, d, e, f, g, h] = [role(0), role(1), role(3), role(4), role(5), role(6), role(7)];
    const [ab, bc] = [differsLocal + (number & 1), differsLocal + ((number + 1) & 1)];
    return [
      ...set(h, word.add(input(number), get(h), word.choose(e, f, g), sum(e, 6, 11, 25))),
      ...set(d, word.add(get(d), get(h))),
      // Majority of a, b, c: b, except where it differs from both. A round's a and b are the next
      // one's b and c.
      ...set(ab, word.xor(get(a), get(b))),
      ...set(h, word.add(get(h), word.xor(get(b), word.and(get(ab), get(bc))), sum(a, 2, 13, 22))),
    ];
  });
}
