import { once } from "node:events";
import type { ConfirmedUpdateData, MempoolUpdateData } from "@utxoracle/models";
import WebSocket from "ws";
import { ageSecondsOf } from "./own-pauses.ts";

/** A stream client that keeps all updates. */
export class StreamReader {
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

  static async open(serviceUrl: string): Promise<StreamReader> {
    const socket = new WebSocket(`${serviceUrl.replace("http", "ws")}/ws/mempool`);
    const reader = new StreamReader(socket);
    await once(socket, "open");
    return reader;
  }

  async close(): Promise<void> {
    this.#socket.terminate();
  }
}
