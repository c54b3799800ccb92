import { GrowingBytes } from "./growing-bytes.ts";
import { JsonTextError } from "./json-stream-parser.ts";
import { badResponse } from "./response-fields.ts";

/** Decodes hex that arrives in pieces of any size. */
export class HexBytes {
  readonly #bytes = new GrowingBytes();
  /** First digit of a byte whose second digit is in the next piece. */
  #half = "";
  #hasInput = false;

  /** @throws {JsonTextError} at an invalid digit */
  take(text: Uint8Array): void {
    this.#hasInput = true;
    const digits = this.#half + Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("latin1");
    const whole = digits.length - (digits.length % 2);
    const bytes = Buffer.from(digits.slice(0, whole), "hex");
    // Buffer.from stops at the first invalid digit.
    if (bytes.length * 2 !== whole) throw new JsonTextError("invalid hex");
    this.#half = digits.slice(whole);
    this.#bytes.append(bytes);
  }

  /**
   * @returns the bytes; null if there was no input.
   * @throws {NodeRpcError} `bad_answer` for an odd number of digits
   */
  end(method: string): Uint8Array | null {
    if (this.#half !== "") throw badResponse(method, "bytes in hex", this.#half);
    // Copies, because the buffer may be up to twice as long.
    return this.#hasInput ? this.#bytes.take().slice() : null;
  }
}
