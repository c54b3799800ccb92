import { type Code, get, i32, i32Type, v128, v128Type } from "./assembler.ts";

/** Arithmetic on SHA-256's 32-bit words: one word, or the same word of four messages. */
export interface WordArithmetic {
  /** WebAssembly type of a word. */
  type: number;
  /** Bytes of a word in memory. */
  bytes: number;
  load(offset: number, address: Code): Code;
  store(offset: number, address: Code, word: Code): Code;
  add(...words: Code[]): Code;
  xor(...words: Code[]): Code;
  and(left: Code, right: Code): Code;
  /** Bits of `yes` where the mask is 1, bits of `no` elsewhere. */
  choose(mask: number, yes: number, no: number): Code;
  rotateRight(local: number, bits: number): Code;
}

const chain =
  (operation: (left: Code, right: Code) => Code) =>
  (...words: Code[]): Code =>
    words.reduce((left, right) => operation(left, right));

export const oneLane: WordArithmetic = {
  type: i32Type,
  bytes: 4,
  load: i32.load,
  store: i32.store,
  add: chain(i32.add),
  xor: chain(i32.xor),
  and: i32.and,
  choose: (mask, yes, no) => i32.xor(get(no), i32.and(get(mask), i32.xor(get(yes), get(no)))),
  rotateRight: (local, bits) => i32.rotr(get(local), i32.const(bits)),
};

export const fourLanes: WordArithmetic = {
  type: v128Type,
  bytes: 16,
  load: v128.load,
  store: v128.store,
  add: chain(v128.add32),
  xor: chain(v128.xor),
  and: v128.and,
  choose: (mask, yes, no) => v128.bitselect(get(yes), get(no), get(mask)),
  rotateRight: (local, bits) => v128.or(v128.shr32(get(local), bits), v128.shl32(get(local), 32 - bits)),
};
