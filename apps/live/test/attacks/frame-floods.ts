import { once } from "node:events";
import { type Attack, waitMs } from "./attack.ts";
import { clientFrame, expectClosed, openConnections, webSocketRequest } from "./raw-connections.ts";
import { portAttack } from "./under-attack.ts";

/** Repeated frames: pings, fragments of an endless message, frames marked as compressed. */
const FLOODS = [
  clientFrame(0x89, new Uint8Array(125)),
  clientFrame(0x00, new Uint8Array(125)),
  clientFrame(0xc1, new Uint8Array(125)),
  clientFrame(0x81, Buffer.from('{"type":"ping"}')),
];
/** First fragment of a message. */
const FIRST_PIECE = clientFrame(0x01, new Uint8Array(1));

/** Time until all connections are closed. */
const CLOSED_WITHIN_MS = 20_000;

/** Floods the WebSocket with small frames. */
export const frameFloods: Attack = portAttack({
  name: "frame-floods",
  title: "80 clients × 20,000 frames each: pings, pieces without an end, compressed frames, messages (short: 2,000)",
  async attack(service, size) {
    const frames = size === "full" ? 20_000 : 2000;
    const sockets = await openConnections(service, 80);
    for (const [index, socket] of sockets.entries()) {
      socket.write(webSocketRequest);
      await once(socket, "data");
      if (index % FLOODS.length === 1) socket.write(FIRST_PIECE);
      const flood = FLOODS[index % FLOODS.length] as Buffer;
      socket.resume().write(Buffer.concat(Array.from({ length: frames }, () => flood)));
    }
    await expectClosed(sockets, waitMs(size, CLOSED_WITHIN_MS));
  },
});
