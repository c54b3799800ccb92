/**
 * Why the server refuses the WebSocket, requested over HTTP: browsers hide the response to a
 * failed handshake.
 */
export interface HandshakeRefusal {
  /**
   * The server's code, e.g. `too_many_clients_of_address`. The client adds `unreachable` and
   * `not_upgraded`.
   */
  readonly code: string;
  /** A readable sentence of at most 200 characters. Show it as text, never as markup. */
  readonly message: string;
  /** The server's `Retry-After`, at most five minutes; null without one. */
  readonly retryAfterMs: number | null;
}

/** The part of `fetch` that the client uses. */
export type FetchLike = (
  url: string,
  options: { readonly signal: never; readonly cache: "no-store" | "default" },
) => Promise<FetchedAnswer>;

/** The part of a `Response` that the client uses. */
export interface FetchedAnswer {
  readonly status: number;
  readonly headers: {
    /** Value of a header; null if absent. */
    get(name: string): string | null;
  };
  readonly body: {
    /** Reads the body in pieces. */
    getReader(): {
      /** The next piece; `done` after the last one. */
      read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
      /** Stops reading. */
      cancel(): Promise<unknown>;
    };
  } | null;
}

/** Maximum response body that is read. */
const ANSWER_BYTES_MAX = 16_384;
const MESSAGE_LENGTH_MAX = 200;
const RETRY_AFTER_MS_MAX = 300_000;
/** Status that means the server would accept a handshake. */
const UPGRADE_REQUIRED = 426;

/**
 * Requests the WebSocket's own address over HTTP to learn why a handshake failed. Never rejects;
 * `signal` ends it.
 * @param url `ws://…` or `wss://…`
 * @param wallClockMs Unix milliseconds, for a `Retry-After` that is a date.
 */
export async function fetchRefusal(
  url: string,
  fetch: FetchLike,
  signal: AbortSignal,
  wallClockMs: number,
): Promise<HandshakeRefusal> {
  const ask = async (): Promise<[FetchedAnswer, string]> => {
    const answer = await fetch(url.replace(/^ws/, "http"), { signal: signal as never, cache: "no-store" });
    return [answer, await readStart(answer)];
  };
  // Not every `fetch` implementation rejects on abort.
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", reject, { once: true });
  });
  let answer: FetchedAnswer;
  let text: string;
  try {
    [answer, text] = await Promise.race([ask(), aborted]);
  } catch {
    // Connection failure, timeout or CORS: the browser does not say which.
    return { code: "unreachable", message: "no answer from the server", retryAfterMs: null };
  }
  const { status } = answer;
  const retryAfterMs = retryAfter(answer.headers.get("retry-after"), wallClockMs);
  if (status === UPGRADE_REQUIRED || status < 400)
    return {
      code: "not_upgraded",
      message: "the server is reachable, but WebSocket connections fail; a proxy may block them",
      retryAfterMs,
    };
  const { error, message } = readError(text);
  return {
    code: error ?? `http_${status}`,
    message: (message ?? `the server responded with status ${status}`).slice(0, MESSAGE_LENGTH_MAX),
    retryAfterMs,
  };
}

/** The first bytes of the body as text. */
async function readStart({ body }: FetchedAnswer): Promise<string> {
  const reader = body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (bytes < ANSWER_BYTES_MAX) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return text;
    bytes += value.length;
    text += decoder.decode(value.subarray(0, ANSWER_BYTES_MAX), { stream: true });
  }
  await reader.cancel();
  return text;
}

/** `error` and `message` of the service's error format; empty for any other body. */
function readError(text: string): { error?: string; message?: string } {
  try {
    const { error, message } = JSON.parse(text) as { error?: unknown; message?: unknown };
    return typeof error === "string" && typeof message === "string" ? { error, message } : {};
  } catch {
    // A proxy's error page: the status code says enough.
    return {};
  }
}

/** Milliseconds of a `Retry-After` header (seconds or date); null for anything else. */
function retryAfter(header: string | null, wallClockMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? 1000 * Number(header) : Date.parse(header) - wallClockMs;
  return Number.isNaN(ms) ? null : Math.min(RETRY_AFTER_MS_MAX, Math.max(0, ms));
}
