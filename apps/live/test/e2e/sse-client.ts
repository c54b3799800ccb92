import type { ServerMessage } from "@utxoracle/models";
import { type MempoolTick, mergedTick } from "@utxoracle/viz/client";

/** A Server-Sent Events client of the stream, like a browser's `EventSource`. */
export class SseClient {
  /** Updates of the live price. */
  readonly updates: MempoolTick["data"][] = [];
  /** Resolves when the stream has ended or was cut. */
  readonly ended: Promise<void>;
  readonly #aborting: AbortController;

  private constructor(body: ReadableStream<Uint8Array>, aborting: AbortController) {
    this.#aborting = aborting;
    this.ended = this.#read(body);
  }

  /** @throws {Error} if the response is not an event stream. */
  static async open(serviceUrl: string): Promise<SseClient> {
    const aborting = new AbortController();
    const response = await fetch(`${serviceUrl}/api/v1/stream`, { signal: aborting.signal });
    const type = response.headers.get("content-type") ?? "";
    if (response.status !== 200 || response.body === null || !type.startsWith("text/event-stream"))
      throw new Error(`no event stream: ${response.status} ${type}`);
    return new SseClient(response.body, aborting);
  }

  async close(): Promise<void> {
    this.#aborting.abort();
    await this.ended;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let partial = "";
    try {
      for await (const bytes of body) {
        const events = (partial + decoder.decode(bytes, { stream: true })).split("\n\n");
        partial = events.pop() ?? "";
        for (const event of events) this.#event(event);
      }
    } catch {
      // The server was killed, or the stream was closed here.
    }
  }

  #event(event: string): void {
    const data = /^data: (.*)$/s.exec(event)?.[1];
    if (data === undefined) return;
    const message = JSON.parse(data) as ServerMessage;
    if (message.type !== "mempool_update") return;
    const update = mergedTick(this.updates.at(-1) ?? null, message);
    if (update !== null) this.updates.push(update);
  }
}
