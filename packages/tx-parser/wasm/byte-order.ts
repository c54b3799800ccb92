import { digestsAddress } from "../src/sha256-engine.ts";
import { hexIdBytes, hexIdsAddress } from "../src/sha256-wasm-memory.ts";
import { type Code, call, get, i32, i32Type, set, tee, v128, v128Type, type WasmFunction } from "./assembler.ts";

/** Shuffle that reverses the bytes of each 32-bit word. */
export const swapInWords = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];

const backwards = Array.from({ length: 16 }, (_, index) => 15 - index);

/** Reverses the bytes of a 32-bit number. */
export function swapNumber(temporary: number, value: Code): Code {
  return i32.or(
    i32.and(i32.rotl(tee(temporary, value), i32.const(8)), i32.const(0x00ff00ff)),
    i32.and(i32.rotr(get(temporary), i32.const(8)), i32.const(0xff00ff00)),
  );
}

/** (address): converts the eight words of a digest to bytes, in place. */
export function swapDigest(): WasmFunction {
  const [address, half] = [0, 1];
  return {
    parameters: [i32Type],
    locals: [[1, v128Type]],
    body: [0, 16].flatMap((offset) =>
      v128.store(
        offset,
        get(address),
        v128.shuffle(swapInWords, tee(half, v128.load(offset, get(address))), get(half)),
      ),
    ),
  };
}

/** (source, target): writes the 16 bytes at `source` as 32 hex digits in reverse byte order. */
export function writeHalfId(): WasmFunction {
  const [source, target, bytes, high, low] = [0, 1, 2, 3, 4];
  const hexDigits = v128.const(Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0)));
  const interleave = (from: number): number[] => Array.from({ length: 16 }, (_, i) => from + (i >> 1) + 16 * (i & 1));
  const body = [
    ...set(bytes, v128.load(0, get(source))),
    ...set(bytes, v128.shuffle(backwards, get(bytes), get(bytes))),
    ...set(high, v128.shr8(get(bytes), 4)),
    ...set(low, v128.and(get(bytes), v128.const(new Array<number>(16).fill(0x0f)))),
    ...[0, 8].flatMap((from) =>
      v128.store(2 * from, get(target), v128.swizzle(hexDigits, v128.shuffle(interleave(from), get(high), get(low)))),
    ),
  ];
  return { parameters: [i32Type, i32Type], locals: [[3, v128Type]], body };
}

/** (job): writes the job's digest as an id. */
export function writeHexId(writeHalfIdFunction: number): WasmFunction {
  const job = 0;
  const digest = (offset: number): Code => i32.add(i32.shl(get(job), i32.const(5)), i32.const(digestsAddress + offset));
  const hexId = (offset: number): Code =>
    i32.add(i32.mul(get(job), i32.const(hexIdBytes)), i32.const(hexIdsAddress + offset));
  const body = [...call(writeHalfIdFunction, digest(16), hexId(0)), ...call(writeHalfIdFunction, digest(0), hexId(32))];
  return { parameters: [i32Type], locals: [], body };
}
