import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from "node:net";

/** Interval of the feed's messages, ms. */
const PERIOD_MS = 5;
const STAMP_BYTES = 8;

/**
 * A feed of 200 small messages per second on a TCP socket, like a node's. Its delay shows how much
 * a broadcast blocks the rest of the program.
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
    // The sender shares the event loop, so each message contains its due time.
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

  /** Percentile of the delay, ms. */
  quantile(share: number): number {
    const sorted = Float64Array.from(this.#delaysMs).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  }
}
