import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Attack } from "./attack.ts";
import { clientFrame, expectClosed, getRequest, openConnections, webSocketRequest } from "./raw-connections.ts";
import { attackDemo, expectHeld } from "./under-attack.ts";

const PONG = 0x8a;
/** `stallTimeoutMs` of the stream server (60 s), and time to notice it. */
const CLOSED_WITHIN_MS = 75_000;

/** Reads neither responses nor the stream, but keeps sending pongs and requests. */
export const unreadAnswers: Attack = {
  name: "unread-answers",
  soakOnly: true,
  title: "40 clients that read nothing of answers or of the WebSocket and send requests or pongs (short: for 4 s only)",
  async run(size) {
    const report = await attackDemo(size, async (service) => {
      const webSockets = await openConnections(service, 20);
      for (const socket of webSockets) {
        socket.write(webSocketRequest);
        await once(socket, "data");
        socket.pause();
      }
      const requests = await openConnections(service, 20);
      for (const socket of requests) socket.pause();
      const endsAt = performance.now() + (size === "full" ? CLOSED_WITHIN_MS : 4000);
      while (performance.now() < endsAt) {
        for (const socket of webSockets) if (socket.writable) socket.write(clientFrame(PONG, randomBytes(4)));
        // Exceeds the system's buffers within seconds.
        for (const socket of requests) if (socket.writable) socket.write(getRequest("/openapi.json").repeat(10));
        await pause(1000);
      }
      const sockets = [...webSockets, ...requests];
      // A client detects the closed connection when it reads to the end.
      for (const socket of sockets) socket.resume();
      if (size === "full") await expectClosed(sockets, 5000);
      for (const socket of sockets) socket.destroy();
    });
    return expectHeld(size, report, { peakRssMib: 300, longestSilenceMs: 5000 });
  },
};
