// Publishes 1 MB junk messages as rawtx at full speed. Ends with its parent.
import { XPublisher } from "zeromq";

const socket = new XPublisher({ sendHighWaterMark: 10_000, linger: 0 });
await socket.bind("tcp://127.0.0.1:*");
process.send(socket.lastEndpoint);
process.on("disconnect", () => process.exit());
await socket.receive();
const body = Buffer.alloc(1_000_000, 0x5a);
for (let number = 0; ; number++) {
  const counter = Buffer.alloc(4);
  counter.writeUInt32LE(number % 2 ** 32);
  await socket.send(["rawtx", body, counter]);
  if (number % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
