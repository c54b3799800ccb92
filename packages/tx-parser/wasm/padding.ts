import { call, get, i32, i32Type, set, v128, v128Type, type WasmFunction } from "./assembler.ts";
import { swapNumber } from "./byte-order.ts";

/**
 * (tail, rest, length): pads a message of `length` bytes whose last `rest` bytes (under 64) are at
 * `tail`: a one bit, zeros, the length in bits. Returns the number of blocks, one or two.
 */
export function padTail(): WasmFunction {
  const [tail, rest, length, end, blocks, zeros] = [0, 1, 2, 3, 4, 5];
  const body = [
    ...set(end, i32.add(get(tail), get(rest))),
    ...[0, 16, 32, 48, 64].flatMap((offset) => v128.store(offset, get(end), get(zeros))),
    ...i32.store8(0, get(end), i32.const(0x80)),
    ...set(blocks, i32.add(i32.shrUnsigned(i32.add(get(rest), i32.const(8)), i32.const(6)), i32.const(1))),
    ...i32.store(
      0,
      i32.sub(i32.add(get(tail), i32.shl(get(blocks), i32.const(6))), i32.const(4)),
      swapNumber(length, i32.shl(get(length), i32.const(3))),
    ),
    ...get(blocks),
  ];
  return {
    parameters: [i32Type, i32Type, i32Type],
    results: [i32Type],
    // Locals are initialized to zero.
    locals: [
      [2, i32Type],
      [1, v128Type],
    ],
    body,
  };
}

/**
 * (position, length, tail): copies the bytes after a message's full blocks to `tail` and pads them
 * there.
 */
export function copyTail(padTailFunction: number): WasmFunction {
  const [position, length, tail, from] = [0, 1, 2, 3];
  const rest = i32.and(get(length), i32.const(63));
  const body = [
    ...set(from, i32.sub(i32.add(get(position), get(length)), rest)),
    // Copies a whole block; the padding overwrites the bytes after the message.
    ...[0, 16, 32, 48].flatMap((offset) => v128.store(offset, get(tail), v128.load(offset, get(from)))),
    ...call(padTailFunction, get(tail), rest, get(length)),
  ];
  return {
    parameters: [i32Type, i32Type, i32Type],
    results: [i32Type],
    locals: [[1, i32Type]],
    body,
  };
}
