import { readUint32 } from "./compact-size.ts";
import { checkBytes, viewOf } from "./input.ts";

/**
 * Kinds of output scripts.
 *
 * - `anchor`: pay-to-anchor (BIP 433).
 * - `witness_unknown`: a witness program without rules yet: versions 2 to 16, and version 1 unless
 *   it is `p2tr` or `anchor`; see {@link witnessProgram}. Not version 0 of another length than 20
 *   or 32, which cannot be spent: `unknown`.
 * - `op_return`: every script that starts with OP_RETURN; none can be spent. Bitcoin Core calls it
 *   `nulldata` if only pushes follow, else `nonstandard`.
 */
export type ScriptType =
  | "p2pkh"
  | "p2sh"
  | "p2wpkh"
  | "p2wsh"
  | "p2tr"
  | "op_return"
  | "p2pk"
  | "multisig"
  | "anchor"
  | "witness_unknown"
  | "unknown";

/**
 * Returns the kind of an output script, as decided by Bitcoin Core's `Solver`. Accepts every push
 * form for the keys of a multisig; the other templates have one form each.
 *
 * @param script bytes of any length and content
 * @throws TypeError when it is not a Uint8Array; convert hex with `hexToBytes`
 * @example classifyScript(output.script) // "p2wpkh"
 */
export function classifyScript(script: Uint8Array): ScriptType {
  checkBytes(script, "script");
  return scriptTypeOf(script);
}

/** {@link classifyScript} without the argument check. */
export function scriptTypeOf(script: Uint8Array): ScriptType {
  const { length } = script;
  const first = script[0]!;
  const second = script[1]!;
  const last = script[length - 1]!;
  switch (first) {
    case 0x00: // OP_0: witness version 0
      if (length === 22 && second === 20) return "p2wpkh";
      if (length === 34 && second === 32) return "p2wsh";
      break;
    case 0x76: // OP_DUP OP_HASH160 <20> OP_EQUALVERIFY OP_CHECKSIG
      if (length === 25 && second === 0xa9 && script[2] === 20 && script[23] === 0x88 && last === 0xac) return "p2pkh";
      break;
    case 0xa9: // OP_HASH160 <20> OP_EQUAL
      if (length === 23 && second === 20 && last === 0x87) return "p2sh";
      break;
    case 0x6a:
      return "op_return";
    case 0x21:
    case 0x41: // <public key> OP_CHECKSIG
      if (last === 0xac && endOfKey(script, 0) === length - 1) return "p2pk";
      break;
    case 0x51: // OP_1: witness version 1, or 1 of n keys
      if (length === 34 && second === 32) return "p2tr";
      if (length === 4 && second === 2 && script[2] === 0x4e && last === 0x73) return "anchor";
  }
  if (last === 0xae && isMultisig(script)) return "multisig";
  return first !== 0 && isWitnessProgram(script) ? "witness_unknown" : "unknown";
}

/** A witness program: what a SegWit output pays to (BIP 141). */
export interface WitnessProgram {
  /** 0 to 16. */
  readonly version: number;
  /** 2 to 40 bytes; 20 or 32 in version 0. A view into the script, not a copy. */
  readonly bytes: Uint8Array;
}

/**
 * The witness version and program of an output script.
 *
 * @returns null when it has none, or one of version 0 that cannot be spent
 * @throws TypeError when the script is not a Uint8Array
 * @example witnessProgram(output.script)?.version // 1 for p2tr
 */
export function witnessProgram(script: Uint8Array): WitnessProgram | null {
  checkBytes(script, "script");
  if (!isWitnessProgram(script) || (script[0] === 0 && script.length !== 22 && script.length !== 34)) return null;
  return { version: script[0] === 0 ? 0 : script[0]! - 0x50, bytes: viewOf(script, 2, script.length - 2) };
}

/** OP_0 to OP_16, then one direct push of 2 to 40 bytes. */
function isWitnessProgram(script: Uint8Array): boolean {
  const { length } = script;
  const first = script[0]!;
  return length >= 4 && length <= 42 && script[1] === length - 2 && (first === 0 || (first >= 0x51 && first <= 0x60));
}

/** Length of a public key from its first byte; -1 if no key starts with it. */
function publicKeyBytes(header: number): number {
  if (header === 2 || header === 3) return 33;
  return header === 4 || header === 6 || header === 7 ? 65 : -1;
}

/**
 * Reads a public key that is pushed directly or by OP_PUSHDATA1, 2 or 4.
 *
 * @returns the position after it; 0 if there is no complete key
 */
function endOfKey(script: Uint8Array, position: number): number {
  const opcode = script[position]!;
  const lengthBytes = [1, 2, 4][opcode - 0x4c] ?? 0;
  const size = lengthBytes ? readUint32(script, position + 1) % 256 ** lengthBytes : opcode;
  const end = position + 1 + lengthBytes + size;
  return end <= script.length && publicKeyBytes(script[end - size]!) === size ? end : 0;
}

/**
 * m <key> … <key> n OP_CHECKMULTISIG with 1 <= m <= n <= 20. Numbers have one form each: OP_1 to
 * OP_16, and a pushed byte above 16.
 */
function isMultisig(script: Uint8Array): boolean {
  let position = 0;
  const readSmallNumber = (): number => {
    const opcode = script[position++]!;
    if (opcode >= 0x51 && opcode <= 0x60) return opcode - 0x50;
    const pushed = script[position++]!;
    return opcode === 1 && pushed > 16 ? pushed : 0;
  };
  const required = readSmallNumber();
  let keys = 0;
  for (;;) {
    const end = endOfKey(script, position);
    if (end === 0) break;
    position = end;
    keys++;
  }
  return required > 0 && required <= keys && keys <= 20 && readSmallNumber() === keys && position === script.length - 1;
}
