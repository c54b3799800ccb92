/** A response of the service. */
export interface JsonResponse {
  readonly status: number;
  /** Undefined if the body is not JSON. */
  readonly body: unknown;
  /** The header `Retry-After` in seconds; null if absent. */
  readonly retryAfterSeconds: number | null;
}

/** Why a request failed. */
export type FetchFailure = "unreachable" | "timeout" | "too_long";

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 262_144;

/**
 * Requests JSON from the service, limited in time and length.
 * @param path relative to the page, e.g. `api/v1/price`
 */
export async function fetchJson(
  path: string,
  timeoutMs: number = TIMEOUT_MS,
  bytesMax: number = ANSWER_BYTES_MAX,
): Promise<JsonResponse | FetchFailure> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<FetchFailure>((resolve) => {
    timer = setTimeout(() => {
      resolve("timeout");
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([request(path, controller, bytesMax), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function request(
  path: string,
  controller: AbortController,
  bytesMax: number,
): Promise<JsonResponse | FetchFailure> {
  try {
    const { signal } = controller;
    const response = await fetch(new URL(path, document.baseURI), { cache: "no-store", signal });
    const retryAfter = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
    const text = await readText(response, bytesMax);
    if (text === null) return "too_long";
    return {
      status: response.status,
      body: parsed(text),
      retryAfterSeconds: Number.isNaN(retryAfter) ? null : retryAfter,
    };
  } catch {
    // The browser does not tell the cause.
    return "unreachable";
  }
}

/** The body as text; null if it exceeds the limit. */
async function readText({ body }: Response, bytesMax: number): Promise<string | null> {
  const reader = body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > bytesMax) {
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
