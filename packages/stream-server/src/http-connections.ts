import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "./clock.ts";

/**
 * The connections of an HTTP server that no WebSocket has taken over, and how many answers each waits for. Node's own
 * list does not tell a connection that never sent anything from one whose request is under way.
 */
export class HttpConnections {
  readonly #answers = new Map<Duplex, number>();
  #closing = false;

  add(socket: Duplex): void {
    this.#answers.set(socket, 0);
    socket.once("close", () => this.#answers.delete(socket));
  }

  /** A request came on the connection. */
  begin(socket: Duplex, response: ServerResponse): void {
    this.#change(socket, 1);
    response.once("close", () => {
      this.#change(socket, -1);
      if (this.#closing && !this.isAnswering(socket)) socket.end();
    });
  }

  /** The connection is no longer HTTP. */
  release(socket: Duplex): void {
    this.#answers.delete(socket);
  }

  isAnswering(socket: Duplex): boolean {
    return (this.#answers.get(socket) ?? 0) > 0;
  }

  /** Closes each connection as soon as no answer is under way on it. */
  closeWhenQuiet(): void {
    this.#closing = true;
    for (const socket of [...this.#answers.keys()]) if (!this.isAnswering(socket)) socket.destroy();
  }

  /** Waits until the server has stopped, at most so long; then cuts off what is left. */
  async drain(stopped: Promise<void>, timeoutMs: number, clock: Clock): Promise<void> {
    const cancel = clock.after(timeoutMs, () => {
      for (const socket of [...this.#answers.keys()]) socket.destroy();
    });
    await stopped;
    cancel();
  }

  #change(socket: Duplex, by: number): void {
    const held = this.#answers.get(socket);
    if (held !== undefined) this.#answers.set(socket, held + by);
  }
}
