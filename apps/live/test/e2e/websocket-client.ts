import { once } from "node:events";
import type { ConfirmedUpdateData, MempoolUpdateData } from "@utxoracle/models";
import WebSocket from "ws";
import { ageSecondsOf } from "./own-pauses.ts";

/** A stream client that keeps all updates. */
export class WebSocketClient {
  readonly updates: MempoolUpdateData[] = [];
  /** Delay of each update without pauses of this process, seconds. */
  readonly delaysSeconds: number[] = [];
  readonly confirmed: ConfirmedUpdateData[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as { type: string; data: unknown };
      if (message.type === "mempool_update") {
        const update = message.data as MempoolUpdateData;
        this.updates.push(update);
        this.delaysSeconds.push(ageSecondsOf(update.timestamp));
      }
      if (message.type === "confirmed_update") this.confirmed.push(message.data as ConfirmedUpdateData);
    });
  }

  static async open(serviceUrl: string): Promise<WebSocketClient> {
    const socket = new WebSocket(`${serviceUrl.replace("http", "ws")}/ws/mempool`);
    const client = new WebSocketClient(socket);
    await once(socket, "open");
    return client;
  }

  async close(): Promise<void> {
    this.#socket.terminate();
  }
}
