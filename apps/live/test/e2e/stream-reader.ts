import { once } from "node:events";
import type { ConfirmedUpdateData, MempoolUpdateData } from "@utxoracle/models";
import WebSocket from "ws";
import { ageSecondsOf } from "./own-pauses.ts";

/** A reader of the program's stream that keeps every update of both sides. */
export class StreamReader {
  readonly updates: MempoolUpdateData[] = [];
  /** From each update's own time to its arrival, seconds, in which this process ran. */
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
