import { describe, expect, it } from "vitest";
import { PackedTxid } from "../src/window/packed-txid.ts";

const HEX_ID = "00ff10a5deadbeef0123456789abcdeffedcba98765432100f1e2d3c4b5a6978";

/**
 * The id as it comes out again; null when it does not fit into 32 bytes, and so costs a string of
 * its own.
 */
function packedAndBack(txid: string): string | null {
  const packed = new PackedTxid();
  return packed.pack(txid) ? packed.unpack(packed.words, packed.kind) : null;
}

describe("an id in 32 bytes", () => {
  it.each([
    ["64 digits of hex", HEX_ID],
    ["no bit set", "0".repeat(64)],
    ["all bits set", "f".repeat(64)],
    ["one character", "a"],
    ["the longest short text", "0123456789abcdefghijklmnopqrstu"],
    ["the last character of Latin-1", "\u{ff}".repeat(31)],
    ["zero characters", "\0\0"],
  ])("is what it was: %s", (_, txid) => {
    expect(packedAndBack(txid)).toBe(txid);
  });

  it.each([
    ["upper case", HEX_ID.toUpperCase()],
    ["a letter beyond f in the last place", `${HEX_ID.slice(0, 63)}g`],
    ["a character beyond a byte", `${HEX_ID.slice(0, 63)}\u{130}`],
    ["63 digits", HEX_ID.slice(1)],
    ["65 digits", `${HEX_ID}0`],
    ["a text of 32 characters", "x".repeat(32)],
    ["a short text beyond Latin-1", "a\u{100}"],
  ])("is left to those that do not fit: %s", (_, txid) => {
    expect(packedAndBack(txid)).toBeNull();
  });

  it("overwrites the previous id completely", () => {
    const packed = new PackedTxid();
    packed.pack("f".repeat(64));
    packed.pack("a");
    const alone = new PackedTxid();
    alone.pack("a");
    expect([...packed.words]).toEqual([...alone.words]);
  });

  it("is spread over a table's slots by its hash, also if ids differ in one digit", () => {
    const slots = new Set<number>();
    const packed = new PackedTxid();
    for (let place = 0; place < 64; place++)
      for (const digit of "0123456789abcdef") {
        packed.pack(HEX_ID.slice(0, place) + digit + HEX_ID.slice(place + 1));
        expect(packed.hash()).toBe(PackedTxid.hash(Uint32Array.of(7, ...packed.words), 1));
        slots.add(packed.hash() & 0xffff);
      }
    // 961 ids into 65,536 slots: by chance some 7 meet another one.
    expect(slots.size).toBeGreaterThan(930);
  });
});
