import type { MempoolUpdate, PricePoint, ServerMessage } from "@utxoracle/models";
import type { MempoolTick } from "@utxoracle/viz/client";
import WebSocket from "ws";

const idsOf = (points: readonly Pick<PricePoint, "txid" | "vout">[]): string[] =>
  points.map(({ txid, vout }) => `${txid}:${vout}`);

/** The points of each tick, read from a connection to an analyzer that is never resumed. */
export class PointRecord {
  readonly #pointsOf = new Map<string, readonly string[]>();
  #socket: WebSocket | null = null;

  /** Reads from an analyzer that was started, instead of the one before. */
  follow(url: string): void {
    this.#socket?.terminate();
    let epoch = "";
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws/mempool`);
    // The analyzer is killed.
    socket.on("error", () => undefined);
    socket.on("message", (raw) => {
      const message = JSON.parse(String(raw)) as ServerMessage;
      if (message.type !== "mempool_update") return;
      const { data } = message as MempoolUpdate;
      if (data.snapshot) epoch = data.epoch;
      else this.#pointsOf.set(`${epoch} ${data.seq}`, idsOf(data.transactions));
    });
    this.#socket = socket;
  }

  /** The points of a tick; null if it was not read. */
  at(epoch: string, seq: number): readonly string[] | null {
    return this.#pointsOf.get(`${epoch} ${seq}`) ?? null;
  }

  close(): void {
    this.#socket?.terminate();
  }
}

/** The points that a client was given since its last snapshot, compared with the record. */
export class ReceivedPoints {
  readonly faults: string[] = [];
  /** Points that were compared. */
  compared = 0;
  #at: { epoch: string; seq: number } | null = null;
  /** Points of updates not compared yet, with the ticks before and at their end. */
  #pending: { readonly epoch: string; readonly after: number; readonly to: number; readonly ids: readonly string[] }[] =
    [];

  add({ epoch, seq, snapshot, transactions }: MempoolTick["data"]): void {
    if (!snapshot && this.#at?.epoch === epoch)
      this.#pending.push({ epoch, after: this.#at.seq, to: seq, ids: idsOf(transactions) });
    this.#at = { epoch, seq };
  }

  /**
   * Compares the points received with the record. Ticks that were not recorded are skipped: their
   * analyzer was killed.
   */
  compare(record: PointRecord): void {
    for (const { epoch, after, to, ids } of this.#pending) {
      const ticks = Array.from({ length: to - after }, (_, index) => record.at(epoch, after + 1 + index));
      if (ticks.includes(null)) continue;
      const expected = ticks.flatMap((points) => points ?? []);
      this.compared += expected.length;
      if (expected.join() !== ids.join())
        this.faults.push(`ticks ${after + 1} to ${to} of ${epoch}: ${ids.length} points instead of ${expected.length}`);
    }
    this.#pending = [];
  }
}
