// Sends an endless message to each subscriber, at most 100 MB a second and 2 GB. Implements ZMTP
// 3.0, because ZeroMQ sockets cannot send such a message. Ends with its parent.
import { createServer } from "node:net";

const MORE = 1;
const LONG_AND_MORE = 3;
const COMMAND = 4;
const PART_BYTES = 100_000;
const MAX_BYTES = 2e9;

const greeting = Buffer.alloc(64);
greeting[0] = 0xff;
greeting[9] = 0x7f;
greeting[10] = 3;
greeting.write("NULL", 12, "latin1");

const text = (value) => Buffer.from(value, "latin1");
const ready = Buffer.concat([text("\x05READY\x0bSocket-Type"), Buffer.from([0, 0, 0, 3]), text("PUB")]);
const readyCommand = Buffer.concat([Buffer.from([COMMAND, ready.length]), ready]);
const topic = Buffer.concat([Buffer.from([MORE, 5]), text("rawtx")]);
const head = Buffer.alloc(9);
head[0] = LONG_AND_MORE;
head.writeBigUInt64BE(BigInt(PART_BYTES), 1);
const part = Buffer.concat([head, Buffer.alloc(PART_BYTES, 0x5a)]);

const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.write(greeting);
  let received = 0;
  let isReady = false;
  socket.on("data", (bytes) => {
    received += bytes.length;
    if (received >= greeting.length && !isReady) {
      isReady = true;
      socket.write(readyCommand);
      return;
    }
    // The data after greeting and READY is the subscription.
    if (!isReady || socket.listenerCount("drain") > 0) return;
    let sent = 0;
    const send = () => {
      if (socket.destroyed || sent >= MAX_BYTES) return;
      sent += part.length;
      // A part a millisecond, so that memory does not grow far between two checks on a busy
      // machine.
      if (socket.write(part)) setTimeout(send, 1);
    };
    socket.write(topic);
    socket.on("drain", send);
    send();
  });
});
server.listen(0, "127.0.0.1", () => process.send(`tcp://127.0.0.1:${server.address().port}`));
process.on("disconnect", () => process.exit());
