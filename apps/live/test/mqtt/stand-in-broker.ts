import { createServer, type Server, type Socket } from "node:net";

/** CONNACK: accepted. */
const ACCEPTED = [0x20, 2, 0, 0];
/** Return code of a rejected password. */
const BAD_PASSWORD = 5;

/** A connection as the stand-in broker sees it. */
export interface BrokerConnection {
  readonly socket: Socket;
  accept(): void;
  refuse(): void;
  send(bytes: readonly number[] | Uint8Array): void;
}

/** A broker that sends whatever a test wants. */
export class StandInBroker {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  /** Bytes received so far. */
  received = 0;

  private constructor(server: Server, sockets: Set<Socket>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.url = `mqtt://127.0.0.1:${port}`;
  }

  /** @param onConnection called when a client has sent its first bytes. */
  static async start(onConnection: (connection: BrokerConnection) => void): Promise<StandInBroker> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      const send = (bytes: readonly number[] | Uint8Array): void => void socket.write(Uint8Array.from(bytes));
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
      socket.on("data", (bytes) => {
        broker.received += bytes.length;
      });
      socket.once("data", () =>
        onConnection({
          ...{ socket, send },
          accept: () => send(ACCEPTED),
          refuse: () => send([0x20, 2, 0, BAD_PASSWORD]),
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const broker = new StandInBroker(server, sockets, (server.address() as { port: number }).port);
    return broker;
  }

  /** Number of open connections. */
  get open(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
