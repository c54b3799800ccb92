/** Why the server refuses the WebSocket, as it says over plain HTTP. A browser hides the answer to a failed handshake. */
export interface HandshakeRefusal {
  /** The server's code, e.g. `too_many_clients_of_address`; `unreachable` and `not_upgraded` are this client's own. */
  readonly code: string;
  /** A sentence for people, at most 200 characters, to be shown as text. */
  readonly message: string;
  /** How long the server asks to wait before the next attempt; null when it does not say. At most five minutes. */
  readonly retryAfterMs: number | null;
}

/** The part of `fetch` that the client uses. */
export type FetchLike = (
  url: string,
  options: { readonly signal: never; readonly cache: "no-store" },
) => Promise<FetchedAnswer>;

/** The part of a `Response` that the client uses. */
export interface FetchedAnswer {
  readonly status: number;
  readonly headers: {
    /** Value of a header; null when it is absent. */
    get(name: string): string | null;
  };
  readonly body: {
    /** Reads the body piece by piece. */
    getReader(): {
      /** The next piece; `done` after the last one. */
      read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
      /** Stops reading. */
      cancel(): Promise<unknown>;
    };
  } | null;
}

/** More than this of an answer is not read. */
const ANSWER_BYTES_MAX = 16_384;
const MESSAGE_LENGTH_MAX = 200;
const RETRY_AFTER_MS_MAX = 300_000;
/** The status that says that a handshake would be accepted. */
const UPGRADE_REQUIRED = 426;

/**
 * Asks by a plain request to the WebSocket's own address why a handshake fails. Never rejects, and ends when it is aborted.
 *
 * @param url `ws://…` or `wss://…`
 * @param wallClockMs Unix milliseconds, to read a `Retry-After` that is a date.
 */
export async function askWhyRefused(
  url: string,
  fetch: FetchLike,
  signal: AbortSignal,
  wallClockMs: number,
): Promise<HandshakeRefusal> {
  const ask = async (): Promise<[FetchedAnswer, string]> => {
    const answer = await fetch(url.replace(/^ws/, "http"), { signal: signal as never, cache: "no-store" });
    return [answer, await readStart(answer)];
  };
  // Not every `fetch` ends when it is aborted.
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", reject, { once: true });
  });
  let answer: FetchedAnswer;
  let text: string;
  try {
    [answer, text] = await Promise.race([ask(), aborted]);
  } catch {
    // No connection, no answer in time, or one that the browser does not let this page read: it does not say which.
    return { code: "unreachable", message: "no answer from the server", retryAfterMs: null };
  }
  const { status } = answer;
  const retryAfterMs = retryAfter(answer.headers.get("retry-after"), wallClockMs);
  if (status === UPGRADE_REQUIRED || status < 400)
    return {
      code: "not_upgraded",
      message: "the server answers, but no WebSocket gets through; a proxy in between may not pass it on",
      retryAfterMs,
    };
  const { error, message } = readError(text);
  return {
    code: error ?? `http_${status}`,
    message: (message ?? `the server answered ${status}`).slice(0, MESSAGE_LENGTH_MAX),
    retryAfterMs,
  };
}

/** The beginning of the body as text, as much as is wanted of it. */
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

/** `error` and `message` of the service's error answers; neither where the answer is another one. */
function readError(text: string): { error?: string; message?: string } {
  try {
    const { error, message } = JSON.parse(text) as { error?: unknown; message?: unknown };
    return typeof error === "string" && typeof message === "string" ? { error, message } : {};
  } catch {
    // A proxy's own page: its status says what there is to say.
    return {};
  }
}

/** Milliseconds of a `Retry-After` header, seconds or a date; null for anything else. */
function retryAfter(header: string | null, wallClockMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? 1000 * Number(header) : Date.parse(header) - wallClockMs;
  return Number.isNaN(ms) ? null : Math.min(RETRY_AFTER_MS_MAX, Math.max(0, ms));
}
