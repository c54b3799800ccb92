import { describe, expect, it } from "vitest";
import { classifyScript, type ScriptType } from "../src/index.ts";
import { fromHex } from "./transaction-bytes.ts";

const hash20 = "ab".repeat(20);
const hash32 = "cd".repeat(32);
const compressed = `02${"11".repeat(32)}`;
const uncompressed = `04${"22".repeat(64)}`;
const keys = (count: number): string => `21${compressed}`.repeat(count);
const withPushData1 = `4c21${compressed}`;
const withPushData2 = `4d2100${compressed}`;
const withPushData4 = `4e21000000${compressed}`;

const cases: [ScriptType, hex: string, name: string][] = [
  ["p2pkh", `76a914${hash20}88ac`, "template"],
  ["unknown", `76a914${hash20}88ad`, "p2pkh with OP_CHECKSIGVERIFY"],
  ["unknown", `76a913${hash20.slice(2)}88ac`, "p2pkh of 19 bytes"],
  ["unknown", `76a914${hash20}88ac61`, "p2pkh with an extra byte"],
  ["p2sh", `a914${hash20}87`, "template"],
  ["unknown", `a914${hash20}88`, "p2sh with OP_EQUALVERIFY"],
  ["p2wpkh", `0014${hash20}`, "template"],
  ["p2wsh", `0020${hash32}`, "template"],
  ["unknown", `0015${hash20}ab`, "witness version 0 of 21 bytes"],
  ["p2tr", `5120${hash32}`, "template"],
  ["witness_unknown", `5220${hash32}`, "witness version 2"],
  ["witness_unknown", "6002abcd", "witness version 16 of 2 bytes"],
  ["witness_unknown", `6028${"cd".repeat(40)}`, "witness version 16 of 40 bytes"],
  ["unknown", "6001ab", "witness version 16 of 1 byte"],
  ["unknown", `6029${"cd".repeat(41)}`, "witness version 16 of 41 bytes"],
  ["unknown", "6102abcd", "OP_NOP instead of a witness version"],
  ["unknown", "524c02abcd", "witness version 2, the program by OP_PUSHDATA1"],
  ["unknown", "5202abcd61", "witness version 2 with an extra byte"],
  ["anchor", "51024e73", "template"],
  ["witness_unknown", "51024e74", "witness version 1 of another 2 bytes"],
  ["op_return", "6a", "OP_RETURN alone"],
  ["op_return", `6a20${hash32}`, "a push"],
  ["op_return", "6aff", "no push"],
  ["p2pk", `21${compressed}ac`, "compressed"],
  ["p2pk", `21${compressed.replace("02", "03")}ac`, "compressed, odd"],
  ["p2pk", `41${uncompressed}ac`, "uncompressed"],
  ["unknown", `21${uncompressed.slice(0, 66)}ac`, "key of 33 bytes with the header of a 65-byte key"],
  ["unknown", `41${compressed}${"00".repeat(32)}ac`, "key of 65 bytes with the header of a 33-byte key"],
  ["unknown", `21${compressed}ad`, "another opcode after the key"],
  ["multisig", `51${keys(1)}51ae`, "1 of 1"],
  ["multisig", `52${keys(2)}41${uncompressed}53ae`, "2 of 3, one uncompressed"],
  ["multisig", `60${keys(16)}60ae`, "16 of 16"],
  ["multisig", `51${keys(20)}0114ae`, "1 of 20"],
  ["multisig", `0111${keys(17)}0111ae`, "17 of 17"],
  ["multisig", `51${withPushData1}51ae`, "1 of 1, the key by OP_PUSHDATA1"],
  ["multisig", `51${withPushData2}51ae`, "1 of 1, the key by OP_PUSHDATA2"],
  ["multisig", `51${withPushData4}51ae`, "1 of 1, the key by OP_PUSHDATA4"],
  ["multisig", `514c41${uncompressed}51ae`, "1 of 1, an uncompressed key by OP_PUSHDATA1"],
  [
    "multisig",
    `52${keys(1)}${withPushData1}${withPushData2}${withPushData4}54ae`,
    "2 of 4, each key in a different push form",
  ],
  ["multisig", `51${withPushData4.repeat(20)}0114ae`, "1 of 20, by OP_PUSHDATA4"],
  ["unknown", `51${withPushData4.repeat(21)}0115ae`, "1 of 21, by OP_PUSHDATA4"],
  ["unknown", `514c20${compressed}51ae`, "OP_PUSHDATA1 of 32 bytes"],
  ["unknown", `514d2101${compressed}51ae`, "OP_PUSHDATA2 past the end"],
  ["unknown", `514e21000001${compressed}51ae`, "OP_PUSHDATA4 past the end"],
  ["unknown", `4e01000000114e01000000${compressed}51ae`, "m by OP_PUSHDATA4"],
  ["unknown", `4c0111${keys(17)}0111ae`, "m by OP_PUSHDATA1"],
  ["unknown", `51${keys(17)}4c0111ae`, "n by OP_PUSHDATA1"],
  ["unknown", `51${keys(1)}0101ae`, "n pushed as a byte instead of OP_1"],
  ["unknown", `02110051${keys(17)}0111ae`, "m of two bytes"],
  ["unknown", `51${keys(1)}4c0051ae`, "an empty key"],
  ["unknown", "514c0050ae", "an empty key alone"],
  ["unknown", "514dae", "OP_PUSHDATA2 without its length"],
  ["unknown", "514e21ae", "OP_PUSHDATA4 with part of its length"],
  ["unknown", `514c21${compressed}514cae`, "OP_CHECKMULTISIG as a length"],
  ["unknown", `51${keys(1)}5101ae`, "OP_CHECKMULTISIG as a pushed byte"],
  ["unknown", `4c21${compressed}ac`, "p2pk, the key by OP_PUSHDATA1"],
  ["unknown", `4d4100${uncompressed}ac`, "p2pk, the key by OP_PUSHDATA2"],
  ["unknown", `76a94c14${hash20}88ac`, "p2pkh, the hash by OP_PUSHDATA1"],
  ["unknown", `a94c14${hash20}87`, "p2sh, the hash by OP_PUSHDATA1"],
  ["unknown", `004c14${hash20}`, "p2wpkh, the program by OP_PUSHDATA1"],
  ["unknown", `514c20${hash32}`, "p2tr, the program by OP_PUSHDATA1"],
  ["unknown", "514c024e73", "anchor, the program by OP_PUSHDATA1"],
  ["op_return", `6a4c20${hash32}`, "OP_PUSHDATA1"],
  ["unknown", `53${keys(2)}52ae`, "3 of 2"],
  ["unknown", `51${keys(2)}53ae`, "1 of 3 with two keys"],
  ["unknown", `51${keys(21)}0115ae`, "1 of 21"],
  ["unknown", `00${keys(1)}51ae`, "0 of 1"],
  ["unknown", "5151ae", "no keys"],
  ["unknown", "51ae", "no keys and no n"],
  ["unknown", "ae", "OP_CHECKMULTISIG alone"],
  ["unknown", `51${keys(1)}51ae61`, "multisig with an extra byte"],
  ["unknown", `5121${compressed.slice(0, 40)}ae`, "a key that runs past the end"],
  ["unknown", "", "empty script"],
  ["unknown", "51", "OP_1"],
  ["unknown", "00", "OP_0"],
];

describe("classifyScript", () => {
  it.each(cases.map(([type, hex, name]) => ({ type, hex, name })))("$name: $type", ({ type, hex }) => {
    const padded = fromHex(`00${hex}00ae5187ac`);
    // A view into a larger array, whose other bytes must be ignored.
    expect(classifyScript(padded.subarray(1, 1 + hex.length / 2))).toBe(type);
    expect(classifyScript(fromHex(hex))).toBe(type);
  });

  it("throws a TypeError for a hex string", () => {
    expect(() => classifyScript("0014" as never)).toThrow("script must be a Uint8Array, got string");
  });
});
