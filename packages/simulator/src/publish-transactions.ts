import { setTimeout as delay } from "node:timers/promises";
import { XPublisher } from "zeromq";
import { SimulatorError } from "./simulator-error.ts";

/** Options of {@link publishTransactions}. */
export interface PublishOptions {
  /** Raw transactions, in order. */
  readonly transactions: Iterable<Uint8Array>;
  /** Rate; `Infinity` for full speed. */
  readonly transactionsPerSecond: number;
  /** Default `tcp://127.0.0.1:*`, a free port. */
  readonly endpoint?: string;
  /** Called with the endpoint once it is bound. */
  readonly onListening?: (endpoint: string) => void;
  /** Whether to wait for a subscriber of `rawtx`. Default true. */
  readonly waitForSubscriber?: boolean;
  /**
   * Called when a transaction, counted from 0, was handed to the socket, e.g. to measure delays.
   */
  readonly onPublished?: (index: number) => void;
  /** Stops publishing and closes the socket. */
  readonly signal?: AbortSignal;
}

const PACE_MS = 5;
const BATCH = 500;

/**
 * Publishes raw transactions like a node's `rawtx` feed (three frames, counter from 0) at a steady
 * rate.
 *
 * The socket is an XPUB, which sees subscriptions, so that no message is lost before the subscriber
 * is ready. All messages are delivered before the socket closes.
 *
 * @returns number of messages and duration in seconds
 * @throws SimulatorError `cannot_listen` if the endpoint cannot be bound
 */
export async function publishTransactions(options: PublishOptions): Promise<{ published: number; seconds: number }> {
  const { transactions, transactionsPerSecond, endpoint = "tcp://127.0.0.1:*", signal } = options;
  if (!(transactionsPerSecond > 0)) {
    throw new SimulatorError("bad_option", `transactionsPerSecond must be above 0, not ${transactionsPerSecond}`);
  }
  const socket = new XPublisher({ sendHighWaterMark: 0, linger: 60_000 });
  const close = () => socket.close();
  signal?.addEventListener("abort", close, { once: true });
  try {
    await bind(socket, endpoint);
    options.onListening?.(socket.lastEndpoint ?? endpoint);
    if (options.waitForSubscriber !== false) await subscribed(socket);
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    let published = 0;
    for (const rawBytes of transactions) {
      while (published >= Math.max(1, seconds() * transactionsPerSecond))
        await delay(PACE_MS, undefined, { ref: true });
      if (signal?.aborted) break;
      const counter = Buffer.allocUnsafe(4);
      counter.writeUInt32LE(published >>> 0);
      await socket.send(["rawtx", rawBytes, counter]);
      options.onPublished?.(published);
      published++;
      if (published % BATCH === 0) await delay(0);
    }
    return { published, seconds: seconds() };
  } catch (error) {
    if (signal?.aborted) return { published: 0, seconds: 0 };
    throw error;
  } finally {
    signal?.removeEventListener("abort", close);
    socket.close();
  }
}

async function bind(socket: XPublisher, endpoint: string): Promise<void> {
  try {
    await socket.bind(endpoint);
  } catch (cause) {
    throw new SimulatorError("cannot_listen", `cannot publish on ${endpoint}: is another program using it?`, { cause });
  }
}

/** Resolves on a subscription that matches `rawtx`. */
async function subscribed(socket: XPublisher): Promise<void> {
  for (;;) {
    const [message] = await socket.receive();
    if (message?.[0] === 1 && "rawtx".startsWith(message.subarray(1).toString("latin1"))) return;
  }
}
