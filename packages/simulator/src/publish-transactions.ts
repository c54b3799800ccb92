import { setTimeout as delay } from "node:timers/promises";
import { XPublisher } from "zeromq";
import { SimulatorError } from "./simulator-error.ts";

/** Options of {@link publishTransactions}. */
export interface PublishOptions {
  /** Raw transactions, published in this order. */
  readonly transactions: Iterable<Uint8Array>;
  /** Mean rate; `Infinity` for as fast as it goes. */
  readonly transactionsPerSecond: number;
  /** Default `tcp://127.0.0.1:*`, a free port. */
  readonly endpoint?: string;
  /** Gets the endpoint as soon as it is bound. */
  readonly onListening?: (endpoint: string) => void;
  /** Whether to begin only when somebody has subscribed to `rawtx`. Default true. */
  readonly waitForSubscriber?: boolean;
  /** Called when a transaction, counted from 0, has been handed to the socket: for measuring how long it takes to arrive. */
  readonly onPublished?: (index: number) => void;
  /** Ends it early; the socket is closed. */
  readonly signal?: AbortSignal;
}

const PACE_MS = 5;
const BATCH = 500;

/**
 * Publishes raw transactions as a node's `rawtx` feed does (three frames, the counter from 0) at a steady rate.
 *
 * The socket is an XPUB, which to a subscriber is a PUB: it is told of subscriptions, so that nothing is published into
 * the void. All that was published is delivered before the socket closes.
 *
 * @returns how many were published and in how many seconds
 * @throws SimulatorError `cannot_listen` when the endpoint cannot be bound
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

/** Settles when somebody subscribes to everything or to a beginning of `rawtx`. */
async function subscribed(socket: XPublisher): Promise<void> {
  for (;;) {
    const [message] = await socket.receive();
    if (message?.[0] === 1 && "rawtx".startsWith(message.subarray(1).toString("latin1"))) return;
  }
}
