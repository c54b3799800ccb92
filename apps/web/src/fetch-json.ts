/** An answer of the service. */
export interface JsonAnswer {
  readonly status: number;
  /** Undefined where the answer is not JSON. */
  readonly body: unknown;
  /** Seconds of the header `Retry-After`; null without one. */
  readonly retryAfterSeconds: number | null;
}

/** Why there is no answer. */
export type NoAnswer = "unreachable" | "timeout" | "too_long";

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 262_144;

/**
 * Asks the service for JSON, with an end to its time and its length.
 * @param path below the page's own address, e.g. `api/v1/price`
 */
export async function fetchJson(path: string, timeoutMs: number = TIMEOUT_MS): Promise<JsonAnswer | NoAnswer> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<NoAnswer>((resolve) => {
    timer = setTimeout(() => {
      resolve("timeout");
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([ask(path, controller), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function ask(path: string, controller: AbortController): Promise<JsonAnswer | NoAnswer> {
  try {
    const { signal } = controller;
    const response = await fetch(new URL(path, document.baseURI), { cache: "no-store", signal });
    const retryAfter = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
    const text = await readText(response);
    if (text === null) return "too_long";
    return {
      status: response.status,
      body: parsed(text),
      retryAfterSeconds: Number.isNaN(retryAfter) ? null : retryAfter,
    };
  } catch {
    // A browser does not say which of the many reasons it was.
    return "unreachable";
  }
}

/** The body as text; null when it is longer than any answer of the service. */
async function readText({ body }: Response): Promise<string | null> {
  const reader = body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > ANSWER_BYTES_MAX) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
