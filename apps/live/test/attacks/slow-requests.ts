import { setTimeout as pause } from "node:timers/promises";
import type { Attack } from "./attack.ts";
import { expectClosed, openConnections } from "./raw-connections.ts";
import { portAttack } from "./under-attack.ts";

/** Request timeout of the program, and one check period. */
const CLOSED_WITHIN_MS = 25_000;

/** Sends headers or bodies of requests byte by byte. */
export const slowRequests: Attack = portAttack({
  name: "slow-requests",
  title: "1,000 requests whose headers or bodies come a byte a second (short: 200 for 3 s)",
  async attack(service, size) {
    const sockets = await openConnections(service, size === "full" ? 1000 : 200);
    for (const [index, socket] of sockets.entries()) {
      const isBody = index % 2 === 0;
      socket
        .resume()
        .write(
          isBody ? "GET /api/v1/price HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" : "GET / HTTP/1.1\r\nX-",
        );
    }
    const until = performance.now() + (size === "full" ? CLOSED_WITHIN_MS : 3000);
    while (performance.now() < until && sockets.some(({ closed }) => !closed)) {
      for (const socket of sockets) if (socket.writable) socket.write("x");
      await pause(1000);
    }
    if (size === "full") await expectClosed(sockets, 1000);
    for (const socket of sockets) socket.destroy();
  },
});
