import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A request received by the server. */
export interface Received {
  readonly authorization: string;
  readonly body: unknown;
}

export type Answer = (received: Received, response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

/** An HTTP server for faults that a healthy node does not show. Closes after the test. */
export class StandInServer {
  readonly received: Received[] = [];
  /** Maximum number of concurrent requests. */
  mostAtOnce = 0;
  connections = 0;
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(answer: Answer) {
    let open = 0;
    this.#server = createServer(async (request, response) => {
      open += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, open);
      response.once("close", () => {
        open -= 1;
      });
      let text = "";
      for await (const chunk of request) text += chunk;
      const received = { authorization: request.headers.authorization ?? "", body: JSON.parse(text) as unknown };
      this.received.push(received);
      await answer(received, response, request);
    });
    this.#server.on("connection", (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  static async start(answer: Answer): Promise<StandInServer> {
    const stand = new StandInServer(answer);
    await new Promise<void>((resolve) => stand.#server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      stand.#server.closeAllConnections();
      stand.#server.close();
    });
    return stand;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}

/** A response like a node's. */
export function answerJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
