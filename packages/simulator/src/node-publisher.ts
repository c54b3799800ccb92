import { Publisher } from "zeromq";
import { SimulatorError } from "./simulator-error.ts";

/** The topics that the stand-in node can publish. */
export const TOPICS = ["rawtx", "rawblock", "hashblock", "sequence"] as const;
export type Topic = (typeof TOPICS)[number];

/** Where each topic is published: `tcp://127.0.0.1:PORT`. */
export type TopicEndpoints = { readonly [topic in Topic]?: string };

const ENDPOINT = /^tcp:\/\/127\.0\.0\.1:(\*|\d{1,5})$/;

/**
 * Publishes as Bitcoin Core does: three frames, the topic, the body, and a counter of 4 bytes little-endian, which each
 * topic has for itself, which starts at 0 and goes on over what is lost.
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
   * @param wanted - `tcp://127.0.0.1:*` takes a free port
   * @param shared - all topics on one free port
   * @param highWaterMark - messages queued per subscriber before new ones are dropped silently; 0 for no limit
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

  /** The number that the next message of a topic will carry. */
  counter(topic: Topic): number {
    return this.#counters.get(topic) ?? 0;
  }

  /** Puts the counter at a number, 0 .. 2^32 - 1: to show how it wraps. */
  setCounter(topic: Topic, counter: number): void {
    this.#counters.set(topic, counter >>> 0);
  }

  /** The next `count` messages of a topic are counted and not sent: what a subscriber sees as a gap. */
  dropNext(topic: Topic, count: number): void {
    this.#toDrop.set(topic, (this.#toDrop.get(topic) ?? 0) + count);
  }

  /** Hands a message to the socket, in order; one for a topic that is not published is ignored. */
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

  /** Settles when all that was published has been handed over. */
  async flushed(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
  }

  /** Messages that wait to be handed over. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Settles when the ports are free again. Closing alone frees them some time later, in ZeroMQ's own thread. */
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

  /** One at a time: a socket refuses a message while it still takes the one before. A PUB socket never waits for readers. */
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
      // A message on its way when the socket closes is lost, as with a node that stops.
      if (!this.#closed) throw error;
    } finally {
      this.#draining = null;
    }
  }
}

/** @throws SimulatorError `bad_option` for a topic that is none, and for an address that is not on loopback */
export function checkEndpoints(wanted: TopicEndpoints): void {
  for (const [topic, address] of Object.entries(wanted)) {
    if (!(TOPICS as readonly string[]).includes(topic)) {
      throw new SimulatorError("bad_option", `endpoints has no topic ${topic}: there are ${TOPICS.join(", ")}`);
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
