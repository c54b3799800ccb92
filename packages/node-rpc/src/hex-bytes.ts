import { badAnswer } from "./answer-fields.ts";
import { GrowingBytes } from "./growing-bytes.ts";
import { JsonTextError } from "./json-members.ts";

/** Decodes a text in hex that arrives in pieces, wherever they are cut. */
export class HexBytes {
  readonly #bytes = new GrowingBytes();
  /** The first digit of a byte whose second one is in the next piece. */
  #half = "";
  #taken = false;

  /** @throws {JsonTextError} at a character that is no hex digit. */
  take(text: Uint8Array): void {
    this.#taken = true;
    const digits = this.#half + Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("latin1");
    const whole = digits.length - (digits.length % 2);
    const bytes = Buffer.from(digits.slice(0, whole), "hex");
    // Buffer stops at the first character that is no hex digit.
    if (bytes.length * 2 !== whole) throw new JsonTextError("what should be bytes in hex is not");
    this.#half = digits.slice(whole);
    this.#bytes.append(bytes);
  }

  /** @returns the bytes; null when nothing was taken. @throws {NodeRpcError} `bad_answer` when a digit is left over. */
  end(method: string): Uint8Array | null {
    if (this.#half !== "") throw badAnswer(method, "bytes in hex", this.#half);
    // A copy of its own: the buffer that grew is up to twice as long.
    return this.#taken ? this.#bytes.take().slice() : null;
  }
}
