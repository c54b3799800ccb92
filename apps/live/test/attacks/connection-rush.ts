import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Attack, waitMs } from "./attack.ts";
import { openConnections, webSocketRequest } from "./raw-connections.ts";
import { portAttack } from "./under-attack.ts";

/** Maximum time from the first attempt to the last client's first message. */
const SERVED_WITHIN_MS = 20_000;

/** Connects many clients at once, as after a restart. */
export const connectionRush: Attack = portAttack({
  name: "connection-rush",
  title: "10,000 clients connect to the WebSocket within 2 s (short: 300)",
  async attack(service, size) {
    const count = size === "full" ? 10_000 : 300;
    const withinMs = waitMs(size, SERVED_WITHIN_MS);
    const sockets: Socket[] = [];
    let served = 0;
    const startedAt = performance.now();
    for (let group = 0; group < 20; group++) {
      const opening = openConnections(service, count / 20).then((opened) => {
        for (const socket of opened) {
          sockets.push(socket);
          socket.write(webSocketRequest);
          // Handshake response, then the first message.
          let bytes = 0;
          socket.on("data", (chunk) => {
            if (bytes < 500 && bytes + chunk.byteLength >= 500) served += 1;
            bytes += chunk.byteLength;
          });
        }
      });
      // Those that do not come about are missing in the count.
      opening.catch(() => undefined);
      await pause(100);
    }
    while (served < count && performance.now() - startedAt < withinMs) await pause(100);
    for (const socket of sockets) socket.destroy();
    if (served < count) throw new Error(`${served} of ${count} clients were served within ${withinMs} ms`);
    console.log(`${count} clients served within ${Math.round(performance.now() - startedAt)} ms`);
  },
  limits: { peakRssMib: 400, longestSilenceMs: SERVED_WITHIN_MS },
});
