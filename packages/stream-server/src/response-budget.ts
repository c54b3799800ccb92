import type { ServerResponse } from "node:http";

/** Responses up to this size, in bytes, are always sent. */
const SMALL_RESPONSE_BYTES = 4096;

/** Limits the memory of responses that wait for slow clients. */
export class ResponseBudget {
  readonly #maxBytes: number;
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Counts a response body until the response closes.
   *
   * @returns false, without counting it, if it exceeds the limit
   */
  admits(bytes: number, response: ServerResponse): boolean {
    if (bytes > SMALL_RESPONSE_BYTES && this.#heldBytes + bytes > this.#maxBytes) return false;
    this.#heldBytes += bytes;
    response.once("close", () => {
      this.#heldBytes -= bytes;
    });
    return true;
  }
}
