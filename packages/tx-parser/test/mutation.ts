import fc from "fast-check";

/** A change to a byte string: position (fraction of its length), kind, and byte. */
export interface Mutation {
  kind: "replace" | "flip" | "insert" | "cut" | "remove" | "repeat" | "widen";
  /** 0…1; mostly near 0, where version, marker and counts are. */
  place: number;
  byte: number;
}

/** Special first bytes of a length prefix, and boundary values. */
export const tellingBytes: readonly number[] = [0, 1, 2, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff];

/** Lists the most common change twice. */
export const mutationKinds: readonly Mutation["kind"][] = [
  "replace",
  "replace",
  "flip",
  "insert",
  "cut",
  "remove",
  "repeat",
  "widen",
];

export const anyMutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...mutationKinds),
    place: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.05, noNaN: true })),
    byte: fc.oneof(fc.constantFrom(...tellingBytes), fc.nat(255)),
  }),
  { minLength: 1, maxLength: 4 },
);

export function mutate(bytes: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let current = bytes;
  for (const mutation of mutations) if (current.length > 0) current = mutateOnce(current, mutation);
  return current;
}

function mutateOnce(bytes: Uint8Array, { kind, place, byte }: Mutation): Uint8Array {
  const at = Math.min(bytes.length - 1, Math.floor(place * bytes.length));
  const join = (...middle: Uint8Array[]): Uint8Array =>
    new Uint8Array(Buffer.concat([bytes.subarray(0, at), ...middle]));
  const here = bytes[at]!;
  const after = bytes.subarray(at + 1);
  switch (kind) {
    case "replace":
      return join(Uint8Array.of(byte), after);
    case "flip":
      return join(Uint8Array.of(here ^ (1 << (byte & 7))), after);
    case "insert":
      return join(Uint8Array.of(byte, here), after);
    case "cut":
      return join();
    case "remove":
      return join(after.subarray(byte & 15));
    case "widen":
      // Encodes a one-byte length prefix in three bytes.
      return join(Uint8Array.of(0xfd, here, 0), after);
    case "repeat":
      return join(bytes.subarray(at, at + (byte & 63)), bytes.subarray(at));
  }
}
