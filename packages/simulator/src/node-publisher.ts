import { Publisher } from "zeromq";
import { SimulatorError } from "./simulator-error.ts";

/** Topics of the simulated node. */
export const TOPICS = ["rawtx", "rawblock", "hashblock", "sequence"] as const;
export type Topic = (typeof TOPICS)[number];

/** Address of each topic: `tcp://127.0.0.1:PORT`. */
export type TopicEndpoints = { readonly [topic in Topic]?: string };

const ENDPOINT = /^tcp:\/\/127\.0\.0\.1:(\*|\d{1,5})$/;

/**
 * Publishes like Bitcoin Core: three frames with topic, body and a 4-byte little-endian counter.
 * Each topic has its own counter, which starts at 0 and counts lost messages too.
 */
export class NodePublisher {
  readonly endpoints: TopicEndpoints;
  readonly #sockets: ReadonlyMap<Topic, Publisher>;
  readonly #counters = new Map<Topic, number>();
  readonly #toDrop = new Map<Topic, number>();
  #line: { socket: Publisher; frames: [topic: Topic, body: Uint8Array, counter: Uint8Array] }[] = [];
  #draining: Promise<void> | null = null;
  #closed = false;

  private constructor(endpoints: TopicEndpoints, sockets: ReadonlyMap<Topic, Publisher>) {
    this.endpoints = endpoints;
    this.#sockets = sockets;
  }

  /**
   * Binds on loopback. Topics with the same address share a socket, as in Bitcoin Core.
   *
   * @param wanted - `tcp://127.0.0.1:*` takes a free port
   * @param shared - all topics on one free port
   * @param highWaterMark - messages queued per subscriber before new ones are dropped silently; 0
   *   for no limit
   */
  static async bind(wanted: TopicEndpoints, highWaterMark: number, shared = false): Promise<NodePublisher> {
    checkEndpoints(wanted);
    const sockets = new Map<Topic, Publisher>();
    const byAddress = new Map<string, Publisher>();
    const endpoints: { [topic in Topic]?: string } = {};
    try {
      for (const topic of TOPICS) {
        const address = wanted[topic];
        if (address === undefined) continue;
        const known = shared && address.endsWith("*") ? [...byAddress.values()][0] : byAddress.get(address);
        const socket = known ?? (await bindPublisher(address, highWaterMark));
        const bound = socket.lastEndpoint ?? address;
        byAddress.set(bound, socket);
        sockets.set(topic, socket);
        endpoints[topic] = bound;
      }
    } catch (error) {
      for (const socket of new Set(sockets.values())) socket.close();
      throw error;
    }
    return new NodePublisher(endpoints, sockets);
  }

  has(topic: Topic): boolean {
    return this.#sockets.has(topic);
  }

  /** Counter of the next message of a topic. */
  counter(topic: Topic): number {
    return this.#counters.get(topic) ?? 0;
  }

  /** Sets the counter, 0 .. 2^32 - 1, e.g. to test the wrap. */
  setCounter(topic: Topic, counter: number): void {
    this.#counters.set(topic, counter >>> 0);
  }

  /** Counts the next `count` messages of a topic without sending them: a gap for subscribers. */
  dropNext(topic: Topic, count: number): void {
    this.#toDrop.set(topic, (this.#toDrop.get(topic) ?? 0) + count);
  }

  /** Queues a message; ignores topics that are not published. */
  publish(topic: Topic, body: Uint8Array): void {
    const socket = this.#sockets.get(topic);
    if (socket === undefined || this.#closed) return;
    const counter = this.counter(topic);
    this.#counters.set(topic, (counter + 1) >>> 0);
    const drop = this.#toDrop.get(topic) ?? 0;
    if (drop > 0) {
      this.#toDrop.set(topic, drop - 1);
      return;
    }
    const number = Buffer.allocUnsafe(4);
    number.writeUInt32LE(counter);
    this.#line.push({ socket, frames: [topic, body, number] });
    this.#draining ??= this.#drain();
  }

  /** Resolves when all queued messages have been sent. */
  async flushed(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
  }

  /** Number of queued messages. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Resolves when the ports are free. After `close`, ZeroMQ's thread frees them later. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#line = [];
    await Promise.all(
      [...new Set(this.#sockets.values())].map(async (socket) => {
        const released = new Promise((resolve) => socket.events.on("close", resolve));
        if (socket.lastEndpoint !== null) {
          await socket.unbind(socket.lastEndpoint);
          await released;
        }
        socket.close();
      }),
    );
  }

  /**
   * Sends one message at a time, because a socket rejects concurrent sends. A PUB socket never
   * waits for subscribers.
   */
  async #drain(): Promise<void> {
    try {
      while (this.#line.length > 0) {
        const line = this.#line;
        this.#line = [];
        for (const { socket, frames } of line) {
          if (this.#closed) return;
          await socket.send(frames);
        }
      }
    } catch (error) {
      // A message in flight is lost when the socket closes, as with a stopping node.
      if (!this.#closed) throw error;
    } finally {
      this.#draining = null;
    }
  }
}

/**
 * @throws SimulatorError `bad_option` for an unknown topic or an address that is not on loopback
 */
export function checkEndpoints(wanted: TopicEndpoints): void {
  for (const [topic, address] of Object.entries(wanted)) {
    if (!(TOPICS as readonly string[]).includes(topic)) {
      throw new SimulatorError("bad_option", `endpoints: unknown topic ${topic}; expected one of ${TOPICS.join(", ")}`);
    }
    if (address !== undefined && !ENDPOINT.test(address)) {
      throw new SimulatorError("bad_option", `endpoint of ${topic} must be tcp://127.0.0.1:PORT or :*, not ${address}`);
    }
  }
}

async function bindPublisher(address: string, highWaterMark: number): Promise<Publisher> {
  const socket = new Publisher({ sendHighWaterMark: highWaterMark, linger: 0 });
  try {
    await socket.bind(address);
    return socket;
  } catch (error) {
    socket.close();
    throw new SimulatorError("cannot_listen", `cannot publish on ${address}: is another program using it?`, {
      cause: error,
    });
  }
}
