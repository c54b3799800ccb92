import type { ByteWriter } from "@utxoracle/tx-parser";
import type { SeededRandom } from "./seeded-random.ts";

/** Kinds of generated output scripts. */
export type OutputKind = "p2wpkh" | "p2tr" | "p2sh" | "p2pkh" | "p2wsh" | "op_return";

/**
 * Kinds of spends. `inscription` is a taproot script path with a large script, `taproot_script`
 * with a small one, `legacy` is P2PKH, `nested` P2WPKH in P2SH, `multisig` 2 of 3 in P2WSH.
 */
export type InputKind = "p2wpkh" | "taproot_key" | "taproot_script" | "inscription" | "legacy" | "nested" | "multisig";

const OP_RETURN = 0x6a;
const OP_ENDIF = 0x68;
const SIGHASH_ALL = 1;
const NOISE_BYTES = 1 << 18;

/**
 * Writes scripts, signatures and keys in realistic form. Their content is random: no signature is
 * valid and no key has an owner.
 */
export class ScriptWriter {
  readonly #random: SeededRandom;
  readonly #noise = Buffer.allocUnsafeSlow(NOISE_BYTES);

  constructor(random: SeededRandom) {
    this.#random = random;
    for (let offset = 0; offset < NOISE_BYTES; offset += 4) this.#noise.writeUInt32LE(random.uint32(), offset);
  }

  /** `size` random-looking bytes; parts may repeat. */
  noise(writer: ByteWriter, size: number): void {
    for (let left = size; left > 0; ) {
      const part = Math.min(left, NOISE_BYTES / 2);
      const start = this.#random.uint32() & (NOISE_BYTES / 2 - 1);
      writer.raw(this.#noise, start, start + part);
      left -= part;
    }
  }

  /** 32 unique bytes: 64 bits are newly drawn. */
  uniqueId(writer: ByteWriter): void {
    writer.uint32(this.#random.uint32());
    writer.uint32(this.#random.uint32());
    this.noise(writer, 24);
  }

  /** An output script after its length. */
  outputScript(writer: ByteWriter, kind: OutputKind): void {
    switch (kind) {
      case "p2wpkh":
        writer.uint16(0x0016);
        writer.uint8(20);
        break;
      case "p2tr":
      case "p2wsh":
        writer.uint8(34);
        writer.uint8(kind === "p2tr" ? 0x51 : 0);
        writer.uint8(32);
        this.noise(writer, 32);
        return;
      case "p2sh":
        writer.uint8(23);
        writer.uint16(0x14a9);
        this.noise(writer, 20);
        writer.uint8(0x87);
        return;
      case "p2pkh":
        writer.uint8(25);
        writer.uint16(0xa976);
        writer.uint8(20);
        this.noise(writer, 20);
        writer.uint16(0xac88);
        return;
      case "op_return": {
        const size = this.#random.integer(8, 75);
        writer.uint8(size + 2);
        writer.uint8(OP_RETURN);
        writer.uint8(size);
        this.noise(writer, size);
        return;
      }
    }
    this.noise(writer, 20);
  }

  /** An input script after its length; empty for native SegWit. */
  inputScript(writer: ByteWriter, kind: InputKind): void {
    if (kind === "legacy") {
      writer.uint8(106);
      this.#signature(writer);
      this.#publicKey(writer);
    } else if (kind === "nested") {
      writer.uint8(23);
      writer.uint8(22);
      writer.uint16(0x1400);
      this.noise(writer, 20);
    } else writer.uint8(0);
  }

  /** The witness of an input after its item count; 0 for legacy. */
  witness(writer: ByteWriter, kind: InputKind, scriptBytes: number): void {
    switch (kind) {
      case "legacy":
        writer.uint8(0);
        return;
      case "p2wpkh":
      case "nested":
        writer.uint8(2);
        this.#signature(writer);
        this.#publicKey(writer);
        return;
      case "taproot_key":
        writer.uint8(1);
        writer.uint8(64);
        this.noise(writer, 64);
        return;
      case "multisig":
        writer.uint8(4);
        writer.uint8(0);
        this.#signature(writer);
        this.#signature(writer);
        writer.uint8(105);
        writer.uint8(0x52);
        for (let key = 0; key < 3; key++) this.#publicKey(writer);
        writer.uint16(0xae53);
        return;
      default:
        writer.uint8(3);
        writer.uint8(64);
        this.noise(writer, 64);
        this.#envelope(writer, scriptBytes);
        writer.uint8(33);
        writer.uint8(0xc1);
        this.noise(writer, 32);
    }
  }

  /** A key, OP_CHECKSIG, and content between OP_FALSE OP_IF "ord" and OP_ENDIF. */
  #envelope(writer: ByteWriter, scriptBytes: number): void {
    writer.prefix(scriptBytes);
    const end = writer.length + scriptBytes;
    this.#publicKey(writer);
    writer.uint16(0x00ac);
    writer.uint8(0x63);
    writer.uint32(0x64726f03);
    while (end - writer.length > 4) {
      const push = Math.min(520, end - writer.length - 4);
      writer.uint8(0x4d);
      writer.uint16(push);
      this.noise(writer, push);
    }
    while (writer.length < end - 1) writer.uint8(0x61);
    writer.uint8(OP_ENDIF);
  }

  /** A DER signature of 71 bytes with its sighash byte, pushed. */
  #signature(writer: ByteWriter): void {
    writer.uint8(71);
    writer.uint32(0x20024430);
    this.#scalar(writer);
    writer.uint16(0x2002);
    this.#scalar(writer);
    writer.uint8(SIGHASH_ALL);
  }

  /** 32 bytes whose first is in 1 .. 127: a positive DER integer of full length. */
  #scalar(writer: ByteWriter): void {
    writer.uint8(1 + (this.#random.uint32() % 127));
    this.noise(writer, 31);
  }

  /** A compressed public key, pushed. */
  #publicKey(writer: ByteWriter): void {
    writer.uint8(33);
    writer.uint8(2 + (this.#random.uint32() & 1));
    this.noise(writer, 32);
  }
}
