import { randomBytes } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { serializeBlock } from "@utxoracle/tx-parser";

// A hostile publisher in its own process. It implements ZMTP 3.0 (RFC 23), because ZeroMQ sockets
// cannot send such messages. Arguments: kind of data to send to all subscribers; time between
// messages in ms, without it at full speed. Sends its address to the parent process, and exits with
// it.

const MORE = 1;
const LONG = 2;
const COMMAND = 4;
/** Maximum per connection, bytes. */
const MOST_BYTES = 4e9;

const text = (value: string): Buffer => Buffer.from(value, "latin1");

function greeting(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.write("NULL", 12, "latin1");
  return bytes;
}

function readyCommand(): Buffer {
  const body = Buffer.concat([text("\x05READY\x0bSocket-Type"), Buffer.of(0, 0, 0, 3), text("PUB")]);
  return Buffer.concat([Buffer.of(COMMAND, body.length), body]);
}

function part(body: Uint8Array, hasMore: boolean): Buffer {
  const flags = hasMore ? MORE : 0;
  if (body.length < 256) return Buffer.concat([Buffer.of(flags, body.length), body]);
  const head = Buffer.alloc(9);
  head[0] = flags | LONG;
  head.writeBigUInt64BE(BigInt(body.length), 1);
  return Buffer.concat([head, body]);
}

const message = (...parts: Uint8Array[]): Buffer =>
  Buffer.concat(parts.map((body, index) => part(body, index < parts.length - 1)));

function counter(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

/** Creates the next data. @param call number of earlier calls. */
type Harm = (number: number) => Buffer;

const megabyte = Buffer.alloc(1_000_000, 0x5a);
const removal = (): Buffer => Buffer.concat([randomBytes(32), text("R"), randomBytes(6), Buffer.alloc(2)]);

/** Invalid messages of all kinds, and removals of unknown ids. */
const junk: Harm = (number) => {
  const counted = counter(number);
  const kinds = [
    message(text("rawtx"), megabyte, counted),
    message(text("rawblock"), megabyte, counted),
    message(text("rawtx")),
    message(text("rawtx"), ...Array.from({ length: 500 }, () => text("x"))),
    message(text("rawtx"), Buffer.alloc(0), counted),
    message(text("rawtx of another program"), text("x"), counted),
    message(text("sequence"), text("short"), counted),
    Buffer.concat(Array.from({ length: 2000 }, () => message(text("sequence"), removal(), counted))),
  ];
  // Sometimes an oversized or malformed message, which ends the connection.
  if (number % 400 === 399) return message(text("rawtx"), Buffer.alloc(5_000_000));
  if (number % 400 === 199) return randomBytes(1000);
  return kinds[number % kinds.length] as Buffer;
};

/** One message with endless parts. */
const endlessPart = part(Buffer.alloc(100_000, 0x5a), true);
const endless: Harm = (number) => (number === 0 ? part(text("rawtx"), true) : endlessPart);

/** One message with endless parts of one byte, each with a high overhead. */
const smallParts = Buffer.concat(Array.from({ length: 1000 }, () => part(text("x"), true)));
const endlessSmall: Harm = (number) => (number === 0 ? part(text("rawtx"), true) : smallParts);

/** A current block with 15,000 payments and an unknown predecessor. */
function falseBlock(): Buffer {
  const script = Uint8Array.of(0x51);
  const transactions = Array.from({ length: 15_000 }, (_, index) => ({
    version: 2,
    inputs: [
      {
        txid: (index + 1).toString(16).padStart(64, "0"),
        vout: index === 0 ? 0xffffffff : 0,
        scriptSig: Uint8Array.of(0x51, 0),
        sequence: 0,
        witness: [],
      },
    ],
    outputs: [20_000 + index, 70_000 + 7 * index].map((valueSats) => ({ valueSats, script })),
    lockTime: 0,
  }));
  const time = Math.floor(Date.now() / 1000);
  const header = {
    version: 1,
    previousBlockHash: "11".repeat(32),
    merkleRoot: "00".repeat(32),
    time,
    bits: 1,
    nonce: 0,
  };
  return Buffer.from(serializeBlock({ header, transactions }));
}

/** Offset of the nonce in a block header. */
const NONCE_OFFSET = 76;
const block = falseBlock();
const blocks: Harm = (number) => {
  block.writeUInt32LE(number, NONCE_OFFSET);
  return message(text("rawblock"), block, counter(number));
};

const harms: Readonly<Record<string, Harm>> = { junk, endless, endlessSmall, blocks };
const harm = harms[process.argv[2] ?? ""];
const paceMs = process.argv[3] === undefined ? null : Number(process.argv[3]);
if (harm === undefined) throw new Error(`unknown harm; known: ${Object.keys(harms).join(", ")}`);

function serve(socket: Socket): void {
  let received = 0;
  let isReady = false;
  let number = 0;
  const next = (): void => void (paceMs === null ? send() : setTimeout(send, paceMs));
  const send = (): void => {
    while (!socket.destroyed && socket.bytesWritten < MOST_BYTES) {
      if (!socket.write(harm?.(number++) ?? "")) return;
      if (paceMs === null) continue;
      next();
      return;
    }
  };
  socket.on("error", () => {});
  socket.write(greeting());
  socket.on("data", (bytes) => {
    received += bytes.length;
    if (received < 64) return;
    // What follows the greeting and READY are the subscriptions.
    if (!isReady) socket.write(readyCommand());
    else if (socket.listenerCount("drain") === 0) socket.on("drain", next) && send();
    isReady = true;
  });
}

const server = createServer(serve);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") process.send?.(`tcp://127.0.0.1:${address?.port}`);
});
process.once("disconnect", () => process.exit());
