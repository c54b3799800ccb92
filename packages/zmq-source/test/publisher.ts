import { XPublisher } from "zeromq";

/** A ZMQ publisher that numbers its messages per topic as Bitcoin Core does. */
export class Publisher {
  readonly #socket: XPublisher;
  readonly counters = new Map<string, number>();

  private constructor(socket: XPublisher) {
    this.#socket = socket;
  }

  /** @param address default: a free loopback port */
  static async bind(address = "tcp://127.0.0.1:*", sendHighWaterMark = 0): Promise<Publisher> {
    const socket = new XPublisher({ linger: 0, sendHighWaterMark, ipv6: address.includes("[") });
    // Without this, no event is emitted for a subscription that already exists.
    socket.verbosity = "allSubs";
    // A socket that was just closed may still occupy the address.
    for (let tries = 200; ; tries--) {
      try {
        await socket.bind(address);
        return new Publisher(socket);
      } catch (error) {
        if (tries === 0 || (error as { code?: unknown }).code !== "EADDRINUSE") throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  get endpoint(): string {
    return this.#socket.lastEndpoint!;
  }

  /** Resolves after this many subscriptions. From then on no published message is lost. */
  async subscribed(topics = 1): Promise<void> {
    for (let seen = 0; seen < topics; ) {
      const [frame] = await this.#socket.receive();
      if (frame?.[0] === 1) seen += 1;
    }
  }

  async publish(topic: string, body: Uint8Array | string, counter?: number): Promise<void> {
    const number = counter ?? this.counters.get(topic) ?? 0;
    this.counters.set(topic, (number + 1) % 2 ** 32);
    const frame = Buffer.alloc(4);
    frame.writeUInt32LE(number);
    await this.#socket.send([topic, body, frame]);
  }

  async publishFrames(...frames: (Uint8Array | string)[]): Promise<void> {
    await this.#socket.send(frames);
  }

  close(): void {
    this.#socket.close();
  }
}

/** A transaction-like body that contains its number. */
export function bodyOf(number: number, bytes = 60): Buffer {
  const body = Buffer.alloc(bytes, 0x5a);
  body.writeUInt32BE(number);
  return body;
}
