import fc from "fast-check";
import type { ScriptType } from "../src/index.ts";

/** Names of the kinds in a node's `decoderawtransaction`. */
export const nodeTypes: Readonly<Record<string, ScriptType>> = {
  pubkeyhash: "p2pkh",
  scripthash: "p2sh",
  witness_v0_keyhash: "p2wpkh",
  witness_v0_scripthash: "p2wsh",
  witness_v1_taproot: "p2tr",
  nulldata: "op_return",
  pubkey: "p2pk",
  multisig: "multisig",
  anchor: "anchor",
  witness_unknown: "witness_unknown",
  nonstandard: "unknown",
};

const anyBytes = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(255), { minLength: length, maxLength: length });

/** A push of these bytes: directly or by OP_PUSHDATA1, 2 or 4, sometimes with a wrong length. */
const pushOf = (bytes: readonly number[]): fc.Arbitrary<number[]> =>
  fc
    .tuple(
      fc.constantFrom(0, 0, 0, 1, 2, 4),
      fc.oneof({ weight: 30, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-1, 1) }),
    )
    .map(([lengthBytes, error]) => {
      const length = Math.max(bytes.length + error, 0);
      const opcode = lengthBytes === 0 ? length : lengthBytes === 4 ? 0x4e : 0x4b + lengthBytes;
      return [opcode, ...[length & 0xff, length >> 8, 0, 0].slice(0, lengthBytes), ...bytes];
    });

const anyKey: fc.Arbitrary<number[]> = fc
  .constantFrom([2, 32], [3, 32], [2, 32], [3, 32], [4, 64], [6, 64], [7, 64], [5, 32], [2, 31], [4, 32], [3, 64])
  .chain(([header = 0, length = 0]) => anyBytes(length).map((bytes) => [header, ...bytes]));

/** A number of a multisig, in its valid form or another one. */
const numberOf = (value: number): fc.Arbitrary<number[]> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant<number[]>(value >= 1 && value <= 16 ? [0x50 + value] : [1, value]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<number[][]>([1, value], [0x4c, 1, value], [2, value, 0], [0x50 + value], [0]),
    },
  );

const anyMultisig: fc.Arbitrary<number[]> = fc
  .record({
    keys: fc.oneof(
      { weight: 4, arbitrary: fc.array(anyKey, { maxLength: 5 }) },
      { weight: 1, arbitrary: fc.array(anyKey, { minLength: 15, maxLength: 21 }) },
    ),
    required: fc.nat(22),
    excess: fc.constantFrom(0, 0, 0, 0, 0, 1, -1),
    last: fc.constantFrom<number[][]>([0xae], [0xae], [0xae], [0xae], [0xae, 0xae], [0xaf], []),
  })
  .chain(({ keys, required, excess, last }) =>
    fc
      .tuple(
        numberOf(keys.length > 0 ? 1 + (required % keys.length) : required),
        fc.tuple(...keys.map(pushOf)),
        numberOf(Math.max(keys.length + excess, 0)),
      )
      .map(([first, pushes, count]) => [...first, ...pushes.flat(), ...count, ...last]),
  );

const anyData: fc.Arbitrary<number[]> = fc.oneof(
  fc.constantFrom(2, 19, 20, 21, 31, 32, 33, 40, 41).chain(anyBytes),
  anyKey,
  fc.constantFrom<number[][]>([0x4e, 0x73], []),
);
const anyBeginning = fc.constantFrom<number[][]>(
  [],
  [0],
  [0x51],
  [0x60],
  [0x76, 0xa9],
  [0xa9],
  [0x6a],
  [0x6a, 0x51],
  [0x6a, 0x61],
);
const anyEnd = fc.constantFrom<number[][]>([], [0x88, 0xac], [0x87], [0xac], [0xae], [0xff]);

/** A part of a template, replaced in one of five cases. */
const mostly = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

/** The other templates: opcodes before the data, the data, opcodes after. */
const anyTemplate: fc.Arbitrary<number[]> = fc
  .constantFrom<[before: number[], data: fc.Arbitrary<number[]>, after: number[]]>(
    [[0x76, 0xa9], anyBytes(20), [0x88, 0xac]],
    [[0xa9], anyBytes(20), [0x87]],
    [[0], anyBytes(20), []],
    [[0], anyBytes(32), []],
    [[0x51], anyBytes(32), []],
    [[0x51], fc.constant([0x4e, 0x73]), []],
    [[0x6a], anyBytes(40), []],
    [[], anyKey, [0xac]],
  )
  .chain(([before, data, after]) =>
    fc.tuple(mostly(before, anyBeginning), fc.oneof(data, anyData), mostly(after, anyEnd)),
  )
  .chain(([before, data, after]) => pushOf(data).map((push) => [...before, ...push, ...after]));

/** Parts of all templates in random order. */
const anyParts: fc.Arbitrary<number[]> = fc
  .tuple(anyBeginning, anyData, anyEnd)
  .chain(([before, data, after]) => pushOf(data).map((push) => [...before, ...push, ...after]));

/** Scripts near every template, in every push form, right and wrong. */
export const anyScript: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    { weight: 4, arbitrary: anyMultisig },
    { weight: 2, arbitrary: anyTemplate },
    { weight: 2, arbitrary: anyParts },
    { weight: 1, arbitrary: fc.array(fc.nat(255), { maxLength: 60 }) },
  )
  .map((bytes) => Uint8Array.from(bytes));
