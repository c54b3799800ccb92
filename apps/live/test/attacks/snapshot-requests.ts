import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Attack } from "./attack.ts";
import { clientFrame, openConnections, webSocketRequest } from "./raw-connections.ts";
import { attackDemo, expectHeld } from "./under-attack.ts";

const TEXT = 0x81;
const CLIENTS = 20;
/** Requests per client and second. */
const RATE = 10;
/** A live snapshot has 73 to 160 kB, the confirmed one 2 kB. */
const MOST_BYTES_PER_SECOND = CLIENTS * 300_000;

/** Requests snapshots above the rate limit. */
export const snapshotRequests: Attack = {
  name: "snapshot-requests",
  soakOnly: true,
  title: "20 clients × 10 snapshot requests a second for 20 s (short: 4 s)",
  async run(size) {
    const seconds = size === "full" ? 20 : 4;
    const report = await attackDemo(
      size,
      async (service) => {
        const sockets = await openConnections(service, CLIENTS);
        let bytes = 0;
        for (const socket of sockets) {
          socket.write(webSocketRequest);
          await once(socket, "data");
          socket.on("data", (chunk) => {
            bytes += chunk.byteLength;
          });
        }
        // The first responses include both snapshots, on connecting and on the first request.
        const request = clientFrame(TEXT, Buffer.from('{"type":"snapshot"}'));
        for (const socket of sockets) socket.write(request);
        do {
          bytes = 0;
          await pause(2000);
        } while (bytes > MOST_BYTES_PER_SECOND);
        bytes = 0;
        const startedAt = performance.now();
        for (let round = 0; round < seconds * RATE; round++) {
          for (const socket of sockets) socket.write(request);
          await pause(1000 / RATE);
        }
        for (const socket of sockets) socket.destroy();
        // A busy machine takes longer than the pauses.
        const bytesPerSecond = (bytes / (performance.now() - startedAt)) * 1000;
        if (bytesPerSecond > MOST_BYTES_PER_SECOND) throw new Error(`${Math.round(bytesPerSecond)} bytes a second`);
      },
      { answersMatter: true },
    );
    return expectHeld(size, report, { peakRssMib: 300, longestSilenceMs: 5000 });
  },
};
