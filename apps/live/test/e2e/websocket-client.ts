import { once } from "node:events";
import type { ConfirmedUpdateData, MempoolUpdate } from "@utxoracle/models";
import { type MempoolTick, mergedTick } from "@utxoracle/viz/client";
import WebSocket from "ws";
import { ageSecondsOf } from "./own-pauses.ts";

/** A stream client that keeps all updates. */
export class WebSocketClient {
  /** The complete state after each update. */
  readonly updates: MempoolTick["data"][] = [];
  /** Bytes of each update. */
  readonly updateBytes: number[] = [];
  /** Delay of each update without pauses of this process, seconds. */
  readonly delaysSeconds: number[] = [];
  readonly confirmed: ConfirmedUpdateData[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as { type: string; data: unknown };
      if (message.type === "mempool_update") {
        const update = mergedTick(this.updates.at(-1) ?? null, message as MempoolUpdate);
        if (update === null) throw new Error("the first update is a delta");
        this.updates.push(update);
        this.updateBytes.push(Buffer.byteLength(String(data)));
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
