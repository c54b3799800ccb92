import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from "node:net";

/** One message of the feed each 5 ms. */
const PERIOD_MS = 5;
const STAMP_BYTES = 8;

/**
 * A feed of 200 small messages a second on a TCP socket of this process, as a node's would come in: what it has to wait
 * is what the broadcast keeps from the rest of the program.
 */
export class FeedProbe {
  #delaysMs: number[] = [];
  #stop = (): void => {};

  async start(): Promise<void> {
    const receiver = createTcpServer((socket) =>
      socket.on("data", (chunk) => {
        const now = performance.now();
        for (let offset = 0; offset + STAMP_BYTES <= chunk.length; offset += STAMP_BYTES)
          this.#delaysMs.push(now - chunk.readDoubleLE(offset));
      }),
    );
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const sender = connectTcp((receiver.address() as AddressInfo).port, "127.0.0.1");
    sender.setNoDelay(true);
    // The sender shares the loop, so each message carries the time at which it was due.
    let dueMs = performance.now();
    const timer = setInterval(() => {
      for (const now = performance.now(); dueMs <= now; dueMs += PERIOD_MS) {
        const stamp = Buffer.alloc(STAMP_BYTES);
        stamp.writeDoubleLE(dueMs);
        sender.write(stamp);
      }
    }, PERIOD_MS);
    this.#stop = () => {
      clearInterval(timer);
      sender.destroy();
      receiver.close();
    };
  }

  reset(): void {
    this.#delaysMs = [];
  }

  stop(): void {
    this.#stop();
  }

  /** The delay, ms, that the given share of the messages did not exceed. */
  quantile(share: number): number {
    const sorted = Float64Array.from(this.#delaysMs).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  }
}
