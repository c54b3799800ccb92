import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Attack } from "./attack.ts";
import { portAttack } from "./under-attack.ts";

/** Opens connections that never send a request. */
export const idleConnections: Attack = portAttack({
  name: "idle-connections",
  title: "connections that send no request (1,000; short: 200)",
  async attack(service, size) {
    const { hostname, port } = new URL(service.url);
    const sockets: Socket[] = [];
    for (let n = 0; n < (size === "full" ? 1000 : 200); n++) {
      const socket = connect(Number(port), hostname).on("error", () => {});
      sockets.push(socket);
    }
    await pause(size === "full" ? 15_000 : 2000);
    for (const socket of sockets) socket.destroy();
  },
});
