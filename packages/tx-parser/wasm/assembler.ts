/** Bytes of WebAssembly code. Nested expressions put the arguments before the instruction. */
export type Code = readonly number[];

/** Value types (WebAssembly core specification, 5.3). */
export const i32Type = 0x7f;
export const v128Type = 0x7b;

/** An unsigned number in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest >= 0x80;
    bytes.push((rest & 0x7f) | (more ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

/** A signed 32-bit number in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const last = (rest >> 6 === 0 && (rest & 0x40) === 0) || (rest >> 6 === -1 && (rest & 0x40) !== 0);
    bytes.push((rest & 0x7f) | (last ? 0 : 0x80));
    if (last) return bytes;
  }
}

const simple =
  (opcode: number) =>
  (...args: Code[]): Code => [...args.flat(), opcode];

const vector =
  (opcode: number) =>
  (...args: Code[]): Code => [...args.flat(), 0xfd, ...unsigned(opcode)];

/** Alignment is encoded as 0: no alignment is promised. */
const memory =
  (prefix: readonly number[]) =>
  (offset: number, ...args: Code[]): Code => [...args.flat(), ...prefix, 0, ...unsigned(offset)];

const vectorShift =
  (opcode: number) =>
  (value: Code, bits: number): Code => [...value, ...i32.const(bits), 0xfd, ...unsigned(opcode)];

/** Instructions on 32-bit numbers (core specification, 5.4.7). Stores take address and value. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: memory([0x28]),
  store: memory([0x36]),
  store8: memory([0x3a]),
  eqz: simple(0x45),
  equal: simple(0x46),
  lessUnsigned: simple(0x49),
  add: simple(0x6a),
  sub: simple(0x6b),
  mul: simple(0x6c),
  xor: simple(0x73),
  and: simple(0x71),
  or: simple(0x72),
  shl: simple(0x74),
  shrUnsigned: simple(0x76),
  rotl: simple(0x77),
  rotr: simple(0x78),
};

/**
 * Instructions on four 32-bit lanes, or the 16 bytes or two 64-bit lanes of them (core
 * specification, 5.4.9).
 */
export const v128 = {
  load: memory([0xfd, 0]),
  load32Splat: memory([0xfd, 9]),
  store: memory([0xfd, 11]),
  const: (bytes: readonly number[]): Code => [0xfd, 12, ...bytes],
  /** Picks 16 of the 32 bytes of two vectors. */
  shuffle: (picks: readonly number[], left: Code, right: Code): Code => [...left, ...right, 0xfd, 13, ...picks],
  swizzle: vector(14),
  and: vector(0x4e),
  or: vector(0x50),
  xor: vector(0x51),
  /** (first & mask) | (second & ~mask) */
  bitselect: vector(0x52),
  shr8: vectorShift(0x6d),
  shl32: vectorShift(0xab),
  shr32: vectorShift(0xad),
  shr64: vectorShift(0xcd),
  add32: vector(0xae),
};

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const tee = (local: number, value: Code): Code => [...value, 0x22, ...unsigned(local)];
export const call = (functionIndex: number, ...args: Code[]): Code => [
  ...args.flat(),
  0x10,
  ...unsigned(functionIndex),
];

/** Runs the body, and repeats it while the condition is not zero. */
export const repeatWhile = (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];

export const when = (condition: Code, then: Code, otherwise: Code = []): Code => [
  ...condition,
  0x04,
  0x40,
  ...then,
  ...(otherwise.length > 0 ? [0x05, ...otherwise] : []),
  0x0b,
];

/** A function. Its result, if any, is the value that its body leaves on the stack. */
export interface WasmFunction {
  parameters: readonly number[];
  results?: readonly number[];
  /** Counts and types; numbered after the parameters. */
  locals: readonly (readonly [count: number, type: number])[];
  body: Code;
}

const vectorOf = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const name = (text: string): Code => vectorOf(Array.from(text, (character) => [character.charCodeAt(0)]));

/**
 * Assembles a module with a memory of fixed size, exported as "m" (core specification, 5.5).
 *
 * @param exported names of exported functions, with their indexes
 */
export function assembleModule(
  functions: readonly WasmFunction[],
  exported: Readonly<Record<string, number>>,
  memoryPages: number,
): Uint8Array {
  const types = functions.map(
    ({ parameters, results = [] }): Code => [
      0x60,
      ...unsigned(parameters.length),
      ...parameters,
      ...unsigned(results.length),
      ...results,
    ],
  );
  const bodies = functions.map(({ locals, body }): Code => {
    const code = [...vectorOf(locals.map(([count, type]) => [...unsigned(count), type])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vectorOf(types)),
    ...section(3, vectorOf(functions.map((_, index) => unsigned(index)))),
    ...section(5, vectorOf([[1, ...unsigned(memoryPages), ...unsigned(memoryPages)]])),
    ...section(
      7,
      vectorOf([
        [...name("m"), 2, 0],
        ...Object.entries(exported).map(([exportName, index]) => [...name(exportName), 0, ...unsigned(index)]),
      ]),
    ),
    ...section(10, vectorOf(bodies)),
  ]);
}
