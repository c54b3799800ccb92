import fc from "fast-check";
import type { HandMadeInput, HandMadeTransaction } from "./transaction-bytes.ts";

const anyHex = (maxBytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength: maxBytes }).map((bytes) => Buffer.from(bytes).toString("hex"));
const anyUint32 = fc.oneof(fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff), fc.nat(0xffffffff));
/** Mostly short, sometimes at a boundary of the length prefix. */
const anyScript = fc.oneof(
  { weight: 12, arbitrary: anyHex(40) },
  { weight: 1, arbitrary: fc.constantFrom(252, 253, 254, 500, 501, 65_535, 65_536).map((bytes) => "ab".repeat(bytes)) },
);
const anyId = fc.oneof(
  fc.constantFrom("00".repeat(32), "ff".repeat(32)),
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex")),
);

/** Any serializable transaction, valid or not, with or without witness. */
export const anyTransaction: fc.Arbitrary<
  Required<Omit<HandMadeTransaction, "segwit">> & { inputs: Required<HandMadeInput>[] }
> = fc.record({
  version: anyUint32,
  inputs: fc.array(
    fc.record({
      outpointTxid: anyId,
      vout: anyUint32,
      scriptSig: anyScript,
      sequence: anyUint32,
      witness: fc.oneof(fc.constant<string[]>([]), fc.array(anyScript, { maxLength: 5 })),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  outputs: fc.array(
    fc.record({
      valueSats: fc.oneof(
        fc.constantFrom(0n, 999n, 1000n, 1001n, 9_999_999_999_999n, 10_000_000_000_000n, 2n ** 53n - 1n),
        fc.bigInt(0n, 2n ** 53n - 1n),
        fc.bigInt(0n, 100_000n),
      ),
      script: fc.oneof(anyScript, fc.constantFrom("6a", "6a0101", "51024e73", "")),
    }),
    { maxLength: 4 },
  ),
  lockTime: anyUint32,
});
