import { type Attack, waitMs } from "./attack.ts";
import { expectClosed, openConnections } from "./raw-connections.ts";
import { portAttack } from "./under-attack.ts";

const request = (lines: readonly string[]): string =>
  ["GET /ws/mempool HTTP/1.1", "Host: a", "Connection: Upgrade", ...lines, "", ""].join("\r\n");
/** Upgrade requests that are rejected or ignored. */
const OFFERS = [
  request(["Upgrade: websocket", "Sec-WebSocket-Version: 12", "Sec-WebSocket-Key: x"]),
  request(["Upgrade: foo"]),
  request(["Upgrade: h2c", "Content-Length: 100"]),
  request(["Upgrade: websocket", "Transfer-Encoding: chunked"]),
];

/** Time until all connections are closed. */
const CLOSED_WITHIN_MS = 20_000;

/** Requests upgrades to other protocols on many connections. */
export const upgradeFloods: Attack = portAttack({
  name: "upgrade-floods",
  title: "4,000 offers to upgrade that cannot be taken (short: 400)",
  async attack(service, size) {
    const rounds = size === "full" ? 10 : 1;
    for (let round = 0; round < rounds; round++) {
      const sockets = await openConnections(service, 400);
      for (const [index, socket] of sockets.entries()) socket.resume().write(OFFERS[index % OFFERS.length] as string);
      await expectClosed(sockets, waitMs(size, CLOSED_WITHIN_MS));
    }
  },
});
