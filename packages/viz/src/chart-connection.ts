import type { ConfirmedUpdate, MempoolTick } from "./contracts.ts";
import type { FetchLike, HandshakeRefusal } from "./handshake-refusal.ts";
import { PictureSource, type PictureSourceOptions } from "./picture-source.ts";
import { StreamClient } from "./stream-client.ts";
import type { ConnectionState, MessageCounts } from "./stream-client-options.ts";
import type { VisualizerOptions } from "./visualizer-options.ts";

/** Settings of a {@link ChartConnection}. */
export interface ChartConnectionOptions
  extends Pick<VisualizerOptions, "WebSocket" | "fetch" | "now">,
    Pick<PictureSourceOptions, "url" | "onPicture" | "onPoints"> {
  /** Called with each update of the stream. */
  readonly onMessage: (message: MempoolTick | ConfirmedUpdate) => void;
  /** Called when the state of the connection changed. */
  readonly onState: () => void;
}

/**
 * The chart's data from the server: the stream, and over HTTP the picture and points that it names.
 */
export class ChartConnection {
  readonly #client: StreamClient;
  /** Null without `fetch`. */
  readonly #pictures: PictureSource | null;

  constructor({ url, WebSocket, fetch, now, onMessage, onState, ...handlers }: ChartConnectionOptions) {
    const fetchPicture = fetch === undefined ? ((globalThis as { fetch?: FetchLike }).fetch ?? null) : fetch;
    this.#pictures = fetchPicture === null ? null : new PictureSource({ ...handlers, url, fetch: fetchPicture });
    this.#client = new StreamClient({
      url,
      barePoints: true,
      ...(fetch === undefined ? {} : { fetch }),
      ...(WebSocket === undefined ? {} : { WebSocket }),
      ...(now === undefined ? {} : { now }),
      onMessage: (message) => {
        onMessage(message);
        if (message.type === "confirmed_update") this.#pictures?.onUpdate(message);
      },
      onEvent: onState,
    });
  }

  get state(): ConnectionState {
    return this.#client.state;
  }

  get refusal(): HandshakeRefusal | null {
    return this.#client.refusal;
  }

  get counts(): Readonly<MessageCounts> {
    return this.#client.counts;
  }

  connect(): void {
    this.#client.connect();
  }

  /** Fetches the payments behind the points of a block of the picture, once. */
  fetchPoints(block: { readonly tip: string; readonly hash: string }): void {
    void this.#pictures?.fetchPoints(block);
  }

  close(): void {
    this.#client.close();
    this.#pictures?.close();
  }
}
