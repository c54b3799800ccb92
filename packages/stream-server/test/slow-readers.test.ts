import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { RawConnection, startServer, TestClient, type TestServer } from "./test-server.ts";

const KIBIBYTE = 1024;
/** More than the system's buffers of a loopback connection. */
const MORE_THAN_SYSTEM_BUFFERS = 16 * KIBIBYTE * KIBIBYTE;

/** Publishes updates of 64 KiB, text `{"n":…}` with padding, until the condition holds. */
async function publishUntil({ live }: TestServer, first: number, done: () => boolean): Promise<number> {
  const padding = "x".repeat(64 * KIBIBYTE);
  let n = first;
  for (; !done(); n++) {
    if ((n - first) * 64 * KIBIBYTE > 4 * MORE_THAN_SYSTEM_BUFFERS) throw new Error("the condition never held");
    const number = n;
    live.publish({
      delta: JSON.stringify({ live: number, padding }),
      snapshot: () => JSON.stringify({ allLive: number, padding }),
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return n;
}

/**
 * Publishes the number repeatedly until the client has it. The first update may still be dropped;
 * then the client waits for the next.
 *
 * @returns all messages received
 */
async function publishUntilRead(server: TestServer, client: RawConnection, number: number): Promise<string> {
  let text: string | null = null;
  void client.until(new RegExp(`:${number}\\}`)).then((received) => {
    text = received;
  });
  while (text === null) {
    server.publish(number);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return text;
}

/** Opcode and payload of each complete frame in a server's data. */
function frames(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const found: { opcode: number; payload: Buffer }[] = [];
  for (let offset = bytes.indexOf("\r\n\r\n") + 4; offset + 2 <= bytes.length; ) {
    const short = (bytes[offset + 1] ?? 0) & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (offset + header > bytes.length) break;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(offset + 2) : Number(bytes.readBigUInt64BE(offset + 2));
    if (offset + header + length > bytes.length) break;
    found.push({
      opcode: (bytes[offset] ?? 0) & 0x0f,
      payload: bytes.subarray(offset + header, offset + header + length),
    });
    offset += header + length;
  }
  return found;
}

describe("a slow client", () => {
  it("gets fewer updates, then a snapshot; others miss nothing", async () => {
    const server = await startServer();
    const { url, port, event, eventsOf } = server;
    server.publish(0);
    const fast = new TestClient(`${url}/ws`);
    await fast.received(1);
    const slow = new RawConnection(port);
    await slow.upgrade();
    slow.socket.pause();
    await event("client_connected", ({ client }) => client === 2);
    const last = await publishUntil(server, 1, () => eventsOf("updates_dropped").length >= 20);
    const messages = (await fast.received(last)) as { live: number }[];
    expect(messages.slice(1).map(({ live }) => live)).toEqual(
      Array.from({ length: last - 1 }, (_, index) => index + 1),
    );
    // Reported once, with at most the limit plus one message buffered.
    expect(eventsOf("client_slow")).toEqual([expect.objectContaining({ client: 2, kind: "websocket" })]);
    expect(eventsOf("client_slow")[0]?.bufferedBytes).toBeGreaterThan(1024 * KIBIBYTE);
    expect(eventsOf("client_slow")[0]?.bufferedBytes).toBeLessThan(1024 * KIBIBYTE + 65 * KIBIBYTE);

    slow.socket.resume();
    await slow.until(
      new RegExp(`"live":${last - 1 - eventsOf("updates_dropped").reduce((sum, one) => sum + one.updates, 0)}`),
    );
    await publishUntil(server, last, () => slow.socket.bytesRead > 0 && eventsOf("broadcast").length > last + 3);
    const everything = await publishUntilRead(server, slow, 99_999);
    const received = frames(Buffer.from(everything, "latin1")).filter(({ opcode }) => opcode === 1);
    const texts = received.map(({ payload }) => JSON.parse(payload.toString()) as { live?: number; allLive?: number });
    // Each message follows the previous one or is a snapshot.
    let state = -1;
    let snapshots = 0;
    for (const { live, allLive } of texts) {
      if (allLive === undefined) expect(live === 99_999 || live === state + 1).toBe(true);
      else snapshots += 1;
      state = allLive ?? live ?? -1;
    }
    expect(state).toBe(99_999);
    expect(snapshots).toBeGreaterThanOrEqual(2);
  });

  it("is closed with 1013 if over the limit for too long, and can reconnect", async () => {
    const clock = new ManualClock();
    const limits = { dropAboveBytes: 64 * KIBIBYTE, closeAboveBytes: 64 * KIBIBYTE, closeTimeoutMs: 60_000 };
    const server = await startServer({ clock, limits });
    const { port, url, event, eventsOf } = server;
    server.publish(0);
    const slow = new RawConnection(port);
    await slow.upgrade();
    slow.socket.pause();
    await event("client_connected");
    await publishUntil(server, 1, () => eventsOf("client_slow").length > 0);
    clock.advance(30_000);
    expect(eventsOf("client_closed")).toEqual([]);
    clock.advance(1000);
    // It reads the pending data and finds the close frame at the end.
    slow.socket.resume();
    const received = frames(Buffer.from(await slow.until(/reading too slowly/), "latin1"));
    expect(received.at(-1)?.opcode).toBe(8);
    expect(received.at(-1)?.payload.readUInt16BE(0)).toBe(1013);
    slow.socket.end();
    expect(await event("client_closed")).toMatchObject({ cause: "slow_reader", code: 1013 });
    server.publish(1000);
    const back = new TestClient(`${url}/ws`);
    expect(await back.received(1)).toEqual([{ allLive: 1000 }]);
  });

  it("is closed by default after 30 s with over 8 MiB buffered", async () => {
    const clock = new ManualClock();
    const { port, url, live, event, eventsOf } = await startServer({ clock, limits: { closeTimeoutMs: 1 } });
    const slow = new RawConnection(port);
    await slow.upgrade();
    slow.socket.pause();
    await event("client_connected");
    const large = JSON.stringify("x".repeat(2 * MORE_THAN_SYSTEM_BUFFERS));
    live.publish({ delta: large, snapshot: () => large });
    clock.advance(1000);
    clock.advance(29_000);
    // A round trip, after which a closed socket would be gone.
    await fetch(url);
    expect(eventsOf("client_closed")).toEqual([]);
    clock.advance(1000);
    expect(await event("client_closed")).toMatchObject({ cause: "slow_reader", code: 1013, connectedMs: 31_000 });
  });

  it("is not closed if it catches up in time", async () => {
    const clock = new ManualClock();
    const server = await startServer({
      clock,
      limits: { dropAboveBytes: 64 * KIBIBYTE, closeAboveBytes: 64 * KIBIBYTE },
    });
    const { port, event, eventsOf } = server;
    server.publish(0);
    const slow = new RawConnection(port);
    await slow.upgrade();
    for (let round = 0; round < 2; round++) {
      slow.socket.pause();
      const before = eventsOf("client_slow").length;
      await publishUntil(server, 1000 * (round + 1), () => eventsOf("client_slow").length > before);
      clock.advance(25_000);
      slow.socket.resume();
      const marker = 77_000 + round;
      await publishUntil(
        server,
        5000 * (round + 1),
        () => slow.socket.readableLength === 0 && eventsOf("broadcast").length % 5 === 0,
      );
      await publishUntilRead(server, slow, marker);
      clock.advance(2000);
    }
    expect(eventsOf("client_slow").length).toBeGreaterThanOrEqual(2);
    expect(eventsOf("client_closed")).toEqual([]);
    await event("client_slow");
  });

  it("on SSE is disconnected after reading nothing for 60 s", async () => {
    const clock = new ManualClock();
    const server = await startServer({ clock });
    const { port, event, eventsOf } = server;
    server.publish(0);
    const slow = new RawConnection(port);
    slow.socket.write("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n");
    await slow.until(/allLive/);
    slow.socket.pause();
    await publishUntil(server, 1, () => eventsOf("client_slow").length > 0);
    clock.advance(59_000);
    expect(eventsOf("client_closed")).toEqual([]);
    clock.advance(3000);
    expect(await event("client_closed")).toMatchObject({ kind: "sse", cause: "slow_reader", code: null });
  });
});

/** Reads enough to free the system's buffers on both sides of a loopback connection, then stops. */
async function readSome({ socket }: RawConnection): Promise<void> {
  const enough = socket.bytesRead + 4 * KIBIBYTE * KIBIBYTE;
  socket.resume();
  while (socket.bytesRead < enough) await new Promise((resolve) => setImmediate(resolve));
  socket.pause();
}

/** A masked pong frame (RFC 6455, section 5.5.3) with a mask of zeros. */
const pong = (payload: Uint8Array): Buffer => Buffer.from([0x8a, 0x80 | payload.byteLength, 0, 0, 0, 0, ...payload]);

/** A masked text frame with a mask of zeros. */
const maskedText = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

describe("a client without progress", () => {
  it("is closed although it holds back the pongs of pings that it has read", async () => {
    const clock = new ManualClock();
    const limits = { closeTimeoutMs: 1, closeAboveBytes: 64 * MORE_THAN_SYSTEM_BUFFERS };
    const { port, publish, live, event, eventsOf } = await startServer({ clock, limits });
    publish(1);
    const slow = new RawConnection(port);
    await slow.upgrade();
    await event("client_connected");
    for (let count = 0; count < 3; count++) clock.advance(19_000);
    const read = await slow.until(/(\u0089[\s\S]{5}[\s\S]*){3}/);
    const pings = frames(Buffer.from(read, "latin1")).filter(({ opcode }) => opcode === 9);
    slow.socket.pause();
    // Below the limit for closing, above the system's buffers.
    const large = JSON.stringify("x".repeat(MORE_THAN_SYSTEM_BUFFERS));
    live.publish({ delta: large, snapshot: () => large });
    for (const { payload } of pings) {
      slow.socket.write(pong(payload));
      await fetch(`http://127.0.0.1:${port}/`);
      clock.advance(20_000);
    }
    expect(eventsOf("client_closed")).toEqual([]);
    clock.advance(2000);
    expect(await event("client_closed")).toMatchObject({ cause: "slow_reader", code: 1013 });
  });

  it("on SSE is ended after ten minutes, since the system's buffers hide it", async () => {
    const clock = new ManualClock();
    const { port, publish, event, eventsOf } = await startServer({ clock });
    publish(1);
    const mute = new RawConnection(port);
    mute.socket.write("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n");
    await event("client_connected");
    mute.socket.pause();
    for (let minute = 0; minute < 10; minute++) {
      if (minute < 7) expect(eventsOf("client_closed")).toEqual([]);
      publish(2 + minute);
      // A round trip, in which the system takes the bytes.
      await fetch(`http://127.0.0.1:${port}/`);
      clock.advance(60_000);
    }
    expect(await event("client_closed")).toMatchObject({ kind: "sse", cause: "max_age" });
  });

  it("is not sent the snapshots that it requests while it does not read", async () => {
    const clock = new ManualClock();
    const server = await startServer({ clock });
    const { port, event, eventsOf } = server;
    server.publish(0);
    server.confirmed.publish({ delta: "{}", snapshot: () => '{"allBlocks":7}' });
    const slow = new RawConnection(port);
    await slow.upgrade();
    slow.socket.pause();
    await event("client_connected");
    const last = await publishUntil(server, 1, () => eventsOf("client_slow").length > 0);
    clock.advance(2000);
    slow.socket.write(maskedText('{"type":"snapshot"}'));
    await fetch(`http://127.0.0.1:${port}/`);
    slow.socket.resume();
    const received = await publishUntilRead(server, slow, 99_999);
    const texts = frames(Buffer.from(received, "latin1")).filter(({ opcode }) => opcode === 1);
    // One at the start, one after the dropped updates.
    expect(texts.filter(({ payload }) => payload.includes("allLive")).length).toBeLessThanOrEqual(2);
    expect(texts.filter(({ payload }) => payload.includes("allBlocks"))).toHaveLength(1);
    expect(last).toBeGreaterThan(0);
  });

  it("is closed even if it sends pongs that match no ping", async () => {
    const clock = new ManualClock();
    const { port, publish, event, eventsOf } = await startServer({ clock, limits: { closeTimeoutMs: 1 } });
    publish(1);
    const mute = new RawConnection(port);
    await mute.upgrade();
    mute.socket.pause();
    await event("client_connected");
    // It has read no ping, so its pongs are invented or empty.
    for (let second = 0; second < 59; second++) {
      mute.socket.write(pong(second % 2 === 0 ? new Uint8Array(0) : Uint8Array.of(0, 0, 0, second)));
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(1000);
    }
    expect(eventsOf("client_closed")).toEqual([]);
    clock.advance(2000);
    expect(await event("client_closed")).toMatchObject({ cause: "no_pong", code: 1013 });
  });

  it("is closed even if it repeats an old pong", async () => {
    const clock = new ManualClock();
    const { port, publish, event } = await startServer({ clock, limits: { closeTimeoutMs: 1 } });
    publish(1);
    const lazy = new RawConnection(port);
    await lazy.upgrade();
    await event("client_connected");
    clock.advance(20_000);
    // The first byte of a ping frame.
    const received = frames(Buffer.from(await lazy.until(/\u0089[\s\S]{5}/), "latin1"));
    const answer = pong(received.find(({ opcode }) => opcode === 9)?.payload as Buffer);
    lazy.socket.pause();
    for (let second = 0; second < 62; second++) {
      lazy.socket.write(answer);
      await fetch(`http://127.0.0.1:${port}/`);
      clock.advance(1000);
    }
    expect(await event("client_closed")).toMatchObject({ cause: "no_pong", code: 1013 });
  });

  it("is kept while it reads slowly, even if no ping gets through", async () => {
    const clock = new ManualClock();
    const server = await startServer({ clock });
    const { port, event, eventsOf } = server;
    server.publish(0);
    const slow = new RawConnection(port);
    await slow.upgrade();
    slow.socket.pause();
    await event("client_connected");
    await publishUntil(server, 1, () => eventsOf("client_slow").length > 0);
    for (let round = 0; round < 4; round++) {
      await readSome(slow);
      clock.advance(1000);
      // More data is buffered again.
      const dropped = eventsOf("updates_dropped").length;
      await publishUntil(server, 10_000 * (round + 1), () => eventsOf("updates_dropped").length > dropped);
      clock.advance(39_000);
    }
    expect(eventsOf("client_closed")).toEqual([]);
  });
});

describe("an HTTP request whose response is not read", () => {
  const startLarge = async (clock: ManualClock): Promise<TestServer> => {
    const started = await startServer({ clock });
    const body = Buffer.alloc(2 * MORE_THAN_SYSTEM_BUFFERS, "x");
    started.server.addRoute("/large", () => ({ contentType: "text/plain", body }));
    return started;
  };
  const request = "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";

  it.each([
    ["sends nothing", ""],
    ["sends further requests", request],
    ["sends a part of another", "GET"],
  ])("closes the connection after 60 s if the client %s", async (_name, more) => {
    const clock = new ManualClock();
    const { port, url, event, eventsOf, server } = await startLarge(clock);
    const unread = new RawConnection(port);
    unread.socket.pause();
    unread.socket.write(request);
    server.addRoute("/", () => ({ contentType: "text/plain", body: "" }));
    await fetch(url);
    for (let second = 0; second < 59; second++) {
      unread.socket.write(more);
      clock.advance(1000);
    }
    expect(eventsOf("http_refused")).toEqual([]);
    clock.advance(2000);
    await event("http_request", ({ path }) => path === "/large");
    expect(eventsOf("http_refused")).toMatchObject([{ code: "answer_not_taken", status: null }]);
    clock.advance(1000);
    expect(clock.pending).toBe(0);
  });

  it("closes the connection after 60 s if it is read at a kilobyte a second", async () => {
    const clock = new ManualClock();
    const { port, url, event, eventsOf, server } = await startLarge(clock);
    server.addRoute("/", () => ({ contentType: "text/plain", body: "" }));
    let taken = 0;
    const trickle = connect({
      port,
      host: "127.0.0.1",
      onread: {
        buffer: Buffer.alloc(1024),
        callback: (bytes) => {
          taken += bytes;
          return false;
        },
      },
    });
    onTestFinished(() => void trickle.destroy());
    trickle.on("error", () => undefined).write(request);
    await fetch(url);
    for (let second = 0; second < 59; second++) {
      trickle.resume();
      await fetch(url);
      clock.advance(1000);
    }
    expect(taken).toBeGreaterThan(30 * 1024);
    expect(eventsOf("http_refused")).toEqual([]);
    clock.advance(2000);
    await event("http_request", ({ path }) => path === "/large");
    expect(eventsOf("http_refused")).toMatchObject([{ code: "answer_not_taken", status: null }]);
  });

  it("is kept while it is read slowly", async () => {
    const clock = new ManualClock();
    const { port, eventsOf } = await startLarge(clock);
    const slow = new RawConnection(port);
    slow.socket.pause();
    slow.socket.write(request);
    for (let round = 0; round < 4; round++) {
      await readSome(slow);
      clock.advance(40_000);
    }
    expect(eventsOf("http_refused")).toEqual([]);
    slow.socket.resume();
    await slow.until(/x$/);
  });
});
