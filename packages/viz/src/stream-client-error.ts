/**
 * Codes of {@link StreamClientError}.
 * - `no_websocket`: no WebSocket implementation.
 * - `bad_url`: the URL is not `ws://` or `wss://`; for a chart, nor relative.
 */
export type StreamClientErrorCode = "no_websocket" | "bad_url";

/** Invalid options. A failed connection is never an error: the client retries. */
export class StreamClientError extends Error {
  override readonly name = "StreamClientError";
  readonly code: StreamClientErrorCode;
  constructor(code: StreamClientErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
