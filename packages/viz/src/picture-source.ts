import type { BlockPoints, ConfirmedPicture, ConfirmedUpdate } from "./contracts.ts";
import type { FetchLike } from "./handshake-refusal.ts";
import { readBlockPoints, readConfirmedPicture } from "./read-message.ts";

/**
 * Pauses before the attempts after a failed one, ms. Then the next confirmed update brings a new
 * picture.
 */
const RETRIES_MS = [1000, 5000, 20_000, 60_000] as const;
/** A picture of 10,000 points has 70 kB. */
const PICTURE_BYTES_MAX = 1_000_000;
const TIMEOUT_MS = 20_000;

/** Settings of {@link PictureSource}. */
export interface PictureSourceOptions {
  /** Address of the stream, `ws://HOST/…/ws/mempool`. */
  readonly url: string;
  readonly fetch: FetchLike;
  /** Called with each picture. */
  readonly onPicture: (picture: ConfirmedPicture) => void;
  /** Called with the points of each block that was asked for. */
  readonly onPoints: (points: BlockPoints) => void;
}

/** Number of blocks whose points were asked for and are not asked for again. */
const ASKED_MAX = 1000;

/**
 * Fetches the confirmed picture that the last snapshot names, and the points of blocks.
 */
export class PictureSource {
  readonly #options: PictureSourceOptions;
  #request: AbortController | null = null;
  readonly #closing = new AbortController();
  readonly #asked = new Set<string>();

  constructor(options: PictureSourceOptions) {
    this.#options = options;
  }

  /** Fetches the picture of a snapshot; deltas carry their points themselves. */
  onUpdate({ data: { snapshot, picture } }: ConfirmedUpdate): void {
    if (!snapshot || this.#isClosed) return;
    this.#request?.abort();
    if (picture === null) return;
    const request = new AbortController();
    this.#request = request;
    void this.#fetch(picture, request.signal);
  }

  /** Fetches the payments behind the points of a block of a picture, once. */
  async fetchPoints({ tip, hash }: { readonly tip: string; readonly hash: string }): Promise<void> {
    const path = `api/v1/blocks/${hash}/points?tip=${tip}`;
    if (this.#asked.has(path) || this.#isClosed) return;
    if (this.#asked.size >= ASKED_MAX) this.#asked.clear();
    this.#asked.add(path);
    const points = await this.#attempt(this.#address(path), this.#closing.signal, readBlockPoints);
    if (points !== null && !this.#isClosed) this.#options.onPoints(points);
  }

  /** Ends all requests. */
  close(): void {
    this.#closing.abort();
    this.#request?.abort();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #address(path: string): string {
    return new URL(`../${path}`, this.#options.url.replace(/^ws/, "http")).href;
  }

  async #fetch(path: string, signal: AbortSignal): Promise<void> {
    for (const pauseMs of [0, ...RETRIES_MS]) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (signal.aborted) return;
      const picture = await this.#attempt(this.#address(path), signal, readConfirmedPicture);
      if (signal.aborted) return;
      if (picture === null) continue;
      this.#options.onPicture(picture);
      return;
    }
  }

  async #attempt<T>(address: string, signal: AbortSignal, read: (text: string) => T | null): Promise<T | null> {
    const attempt = new AbortController();
    const abort = (): void => attempt.abort();
    signal.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(abort, TIMEOUT_MS);
    try {
      // Browsers reject a call of their `fetch` as a method of another object.
      const { fetch } = this.#options;
      const { status, body } = await fetch(address, { signal: attempt.signal as never, cache: "default" });
      if (status !== 200 || body === null) return null;
      const text = await readText(body);
      return text === null ? null : read(text);
    } catch {
      // No connection, or aborted: the browser does not say which.
      return null;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }
}

/** The body as text; null if it exceeds the limit. */
async function readText(body: NonNullable<Awaited<ReturnType<FetchLike>>["body"]>): Promise<string | null> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return text + decoder.decode();
    bytes += value.length;
    if (bytes > PICTURE_BYTES_MAX) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}
