import { bytesToHex } from "./hex.ts";
import { checkBytes, viewOf } from "./input.ts";

/** Opcodes from 0x61 on, in order, without `OP_`; Bitcoin Core, src/script/script.cpp. */
const namesFrom61 =
  /* @__PURE__ */ "NOP VER IF NOTIF VERIF VERNOTIF ELSE ENDIF VERIFY RETURN TOALTSTACK FROMALTSTACK 2DROP 2DUP 3DUP 2OVER 2ROT 2SWAP IFDUP DEPTH DROP DUP NIP OVER PICK ROLL ROT SWAP TUCK CAT SUBSTR LEFT RIGHT SIZE INVERT AND OR XOR EQUAL EQUALVERIFY RESERVED1 RESERVED2 1ADD 1SUB 2MUL 2DIV NEGATE ABS NOT 0NOTEQUAL ADD SUB MUL DIV MOD LSHIFT RSHIFT BOOLAND BOOLOR NUMEQUAL NUMEQUALVERIFY NUMNOTEQUAL LESSTHAN GREATERTHAN LESSTHANOREQUAL GREATERTHANOREQUAL MIN MAX WITHIN RIPEMD160 SHA1 SHA256 HASH160 HASH256 CODESEPARATOR CHECKSIG CHECKSIGVERIFY CHECKMULTISIG CHECKMULTISIGVERIFY NOP1 CHECKLOCKTIMEVERIFY CHECKSEQUENCEVERIFY NOP4 NOP5 NOP6 NOP7 NOP8 NOP9 NOP10 CHECKSIGADD".split(
    " ",
  );

/** Pushes of up to this size are shown as numbers. */
const maxNumberBytes = 4;

/**
 * A script in words, as Bitcoin Core shows it in `decoderawtransaction` and `decodescript`: opcodes
 * by name, pushes of up to four bytes as a number, others in hex; `[error]` where a push runs past
 * the end. Signature hash types are not replaced by names.
 *
 * @param script a scriptPubKey, scriptSig or witness script
 * @throws TypeError when it is not a Uint8Array
 * @example scriptToAsm(output.script) // "OP_DUP OP_HASH160 … OP_EQUALVERIFY OP_CHECKSIG"
 */
export function scriptToAsm(script: Uint8Array): string {
  checkBytes(script, "script");
  const words: string[] = [];
  for (let position = 0; position < script.length; ) {
    const opcode = script[position++]!;
    if (opcode > 0x4e) {
      words.push(opcodeName(opcode));
      continue;
    }
    let size = opcode;
    if (opcode >= 0x4c) {
      const lengthBytes = 2 ** (opcode - 0x4c);
      size = 0;
      for (let index = 0; index < lengthBytes; index++) size += (script[position + index] ?? 0) * 256 ** index;
      position += lengthBytes;
    }
    if (position + size > script.length) {
      words.push("[error]");
      break;
    }
    const pushed = viewOf(script, position, size);
    words.push(size <= maxNumberBytes ? String(scriptNumber(pushed)) : bytesToHex(pushed));
    position += size;
  }
  return words.join(" ");
}

function opcodeName(opcode: number): string {
  if (opcode === 0x4f) return "-1";
  if (opcode === 0x50) return "OP_RESERVED";
  if (opcode <= 0x60) return String(opcode - 0x50);
  if (opcode === 0xff) return "OP_INVALIDOPCODE";
  return `OP_${namesFrom61[opcode - 0x61] ?? "UNKNOWN"}`;
}

/** A script's number: little-endian, the highest bit is the sign. */
function scriptNumber(bytes: Uint8Array): number {
  const { length } = bytes;
  if (length === 0) return 0;
  let value = 0;
  for (let index = 0; index < length; index++) value += bytes[index]! * 256 ** index;
  const signBit = 0x80 * 256 ** (length - 1);
  // Zero has no sign here, as in Bitcoin Core.
  return value >= signBit ? 0 - (value - signBit) : value;
}
