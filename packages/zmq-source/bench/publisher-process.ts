// Publishes numbered transactions. A separate process, so that it does not slow down the measured
// reader.
import { XPublisher } from "zeromq";

const [count, bytes] = process.argv.slice(2).map(Number) as [number, number];
const socket = new XPublisher({ sendHighWaterMark: 0, linger: 10_000 });
await socket.bind("tcp://127.0.0.1:*");
process.send?.(socket.lastEndpoint);
process.on("disconnect", () => process.exit());
const body = Buffer.alloc(bytes, 0x5a);
for (;;) {
  const [frame] = await socket.receive();
  if (frame?.[0] !== 1) continue;
  for (let number = 0; number < count; number++) {
    const counter = Buffer.allocUnsafe(4);
    counter.writeUInt32LE(number);
    await socket.send(["rawtx", body, counter]);
  }
}
