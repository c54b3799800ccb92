import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * A proxy to a server that can simulate a cut network: no data in either direction, no closed
 * connections, and no response to new ones. Delayed data arrives after the repair.
 */
export class CuttableLink {
  /** Port on 127.0.0.1 that forwards to the server. */
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isCut = false;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
    server.on("connection", (near) => {
      const pair = new Pair(near, connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true }), () =>
        this.#pairs.delete(pair),
      );
      this.#pairs.add(pair);
      pair.setCut(this.#isCut);
    });
  }

  static async to(targetPort: number): Promise<CuttableLink> {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CuttableLink(server, targetPort);
  }

  cut(): void {
    this.#setCut(true);
  }

  repair(): void {
    this.#setCut(false);
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) pair.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #setCut(isCut: boolean): void {
    this.#isCut = isCut;
    for (const pair of this.#pairs) pair.setCut(isCut);
  }
}

/**
 * Forwards data between two sockets, and their end. While both are paused, neither side detects it.
 */
class Pair {
  readonly #sockets: readonly [Socket, Socket];

  constructor(near: Socket, far: Socket, gone: () => void) {
    this.#sockets = [near, far];
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      from.on("data", (bytes) => to.write(bytes));
      from.on("end", () => to.end());
      // A "close" event follows an error.
      from.on("error", () => undefined);
      from.on("close", (failed) => {
        if (failed) to.destroy();
        if (to.closed) gone();
      });
    }
  }

  setCut(isCut: boolean): void {
    for (const socket of this.#sockets) {
      if (isCut) socket.pause();
      else socket.resume();
    }
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
