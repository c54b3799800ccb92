import { once } from "node:events";
import type { MempoolUpdateData } from "@utxoracle/models";
import WebSocket from "ws";

/** A reader of the program's stream that keeps every update of the live side. */
export class StreamReader {
  readonly updates: MempoolUpdateData[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as { type: string; data: MempoolUpdateData };
      if (message.type === "mempool_update") this.updates.push(message.data);
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
