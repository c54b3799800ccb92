import { checkBytes } from "./input.ts";

/** Kinds of output scripts. `op_return` is any script that begins with OP_RETURN; `anchor` is pay-to-anchor (BIP 433). */
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
  | "unknown";

/**
 * The kind of an output script, by the templates of Bitcoin Core's `Solver`.
 *
 * @param script the script's bytes, of any length and content
 * @throws TypeError when it is no Uint8Array: hex must be made bytes first, with `hexToBytes`
 * @example classifyScript(output.script) // "p2wpkh"
 */
export function classifyScript(script: Uint8Array): ScriptType {
  checkBytes(script, "script");
  return scriptTypeOf(script);
}

/** The same of what is known to be bytes. */
export function scriptTypeOf(script: Uint8Array): ScriptType {
  const { length } = script;
  if (length === 0) return "unknown";
  const first = script[0]!;
  const second = script[1]!;
  const last = script[length - 1]!;
  switch (first) {
    case 0x00: // OP_0: witness version 0
      if (length === 22 && second === 20) return "p2wpkh";
      if (length === 34 && second === 32) return "p2wsh";
      return "unknown";
    case 0x76: // OP_DUP OP_HASH160 <20> OP_EQUALVERIFY OP_CHECKSIG
      if (length === 25 && second === 0xa9 && script[2] === 20 && script[length - 2] === 0x88 && last === 0xac)
        return "p2pkh";
      return "unknown";
    case 0xa9: // OP_HASH160 <20> OP_EQUAL
      return length === 23 && second === 20 && last === 0x87 ? "p2sh" : "unknown";
    case 0x6a:
      return "op_return";
    case 0x21:
    case 0x41: // <public key> OP_CHECKSIG
      return length === first + 2 && last === 0xac && publicKeyBytes(second) === first ? "p2pk" : "unknown";
    case 0x51: // OP_1: witness version 1, or 1 of n keys
      if (length === 34 && second === 32) return "p2tr";
      if (length === 4 && second === 2 && script[2] === 0x4e && last === 0x73) return "anchor";
  }
  return last === 0xae && isMultisig(script) ? "multisig" : "unknown";
}

/** Length of a public key by its first byte; 0 when no key begins so. */
function publicKeyBytes(header: number): number {
  if (header === 2 || header === 3) return 33;
  return header === 4 || header === 6 || header === 7 ? 65 : 0;
}

/** m <key> … <key> n OP_CHECKMULTISIG with 1 <= m <= n <= 20; m and n above 16 are pushed as one byte. */
function isMultisig(script: Uint8Array): boolean {
  let position = 0;
  const readSmallNumber = (): number => {
    const opcode = script[position++]!;
    if (opcode >= 0x51 && opcode <= 0x60) return opcode - 0x50;
    const pushed = opcode === 1 ? script[position++]! : 0;
    return pushed > 16 && pushed <= 20 ? pushed : 0;
  };
  const required = readSmallNumber();
  if (required === 0) return false;
  let keys = 0;
  while (position + 1 < script.length) {
    const push = script[position]!;
    if ((push !== 33 && push !== 65) || publicKeyBytes(script[position + 1]!) !== push) break;
    position += 1 + push;
    keys++;
  }
  if (position >= script.length || readSmallNumber() !== keys) return false;
  return required <= keys && position === script.length - 1;
}
