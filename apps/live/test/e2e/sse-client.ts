import type { ServerMessage } from "@utxoracle/models";
import { type MempoolTick, mergedTick } from "@utxoracle/viz/client";

/** A Server-Sent Events client of the stream, like a browser's `EventSource`. */
export class SseClient {
  /** Updates of the live price. */
  readonly updates: MempoolTick["data"][] = [];
  /** Resolves when the stream has ended or was cut. */
  readonly ended: Promise<void>;
  readonly #aborting: AbortController;
  #lastEventId = "";
  #state: MempoolTick["data"] | null;

  private constructor(body: ReadableStream<Uint8Array>, aborting: AbortController, state: MempoolTick["data"] | null) {
    this.#state = state;
    this.#aborting = aborting;
    this.ended = this.#read(body);
  }

  /**
   * @param before a client whose stream is continued.
   * @throws {Error} if the response is not an event stream.
   */
  static async open(serviceUrl: string, before?: SseClient): Promise<SseClient> {
    const aborting = new AbortController();
    const headers = before === undefined ? {} : { "Last-Event-ID": before.#lastEventId };
    const response = await fetch(`${serviceUrl}/api/v1/stream`, { headers, signal: aborting.signal });
    const type = response.headers.get("content-type") ?? "";
    if (response.status !== 200 || response.body === null || !type.startsWith("text/event-stream"))
      throw new Error(`no event stream: ${response.status} ${type}`);
    return new SseClient(response.body, aborting, before?.updates.at(-1) ?? null);
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
    this.#lastEventId = /^id: (.*)$/m.exec(event)?.[1] ?? this.#lastEventId;
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (data === undefined) return;
    const message = JSON.parse(data) as ServerMessage;
    if (message.type !== "mempool_update") return;
    const update = mergedTick(this.#state, message);
    this.#state = update;
    if (update !== null) this.updates.push(update);
  }
}
