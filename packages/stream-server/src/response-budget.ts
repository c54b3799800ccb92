import type { ServerResponse } from "node:http";

/** Answers up to this size are always sent, bytes. */
const SMALL_ANSWER_BYTES = 4096;

/** Bounds the memory of the answers that wait for their clients. */
export class ResponseBudget {
  readonly #maxBytes: number;
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Counts an answer until its response closes.
   * @returns false, with nothing counted, when there is no room for it.
   */
  admits(bytes: number, response: ServerResponse): boolean {
    if (bytes > SMALL_ANSWER_BYTES && this.#heldBytes + bytes > this.#maxBytes) return false;
    this.#heldBytes += bytes;
    response.once("close", () => {
      this.#heldBytes -= bytes;
    });
    return true;
  }
}
