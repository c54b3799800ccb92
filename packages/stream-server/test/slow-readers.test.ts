import { describe, expect, it } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { RawConnection, startServer, TestClient, type TestServer } from "./test-server.ts";

const KIBIBYTE = 1024;
/** More than the system's own buffers of a loopback connection take. */
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
 * Publishes the number again and again until the client has it: the first may still be among the dropped ones, after which
 * the client waits for the next.
 * @returns all that the client got.
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

/** The messages in what a server sent: opcode and payload of each whole frame. */
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

describe("a client that reads too slowly", () => {
  it("is sent less, not more, while others miss nothing, and gets a snapshot when it reads again", async () => {
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
    // Told once, however many updates were dropped, and with no more waiting than the limit and one message.
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
    // Each message either follows the one before or is a snapshot: nothing it cannot apply.
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

  it("is closed with 1013 when more than the limit waits for longer than allowed, and may come back", async () => {
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
    // It reads what was under way and finds the close frame at its end.
    slow.socket.resume();
    const received = frames(Buffer.from(await slow.until(/read too slowly/), "latin1"));
    expect(received.at(-1)?.opcode).toBe(8);
    expect(received.at(-1)?.payload.readUInt16BE(0)).toBe(1013);
    slow.socket.end();
    expect(await event("client_closed")).toMatchObject({ cause: "slow_reader", code: 1013 });
    server.publish(1000);
    const back = new TestClient(`${url}/ws`);
    expect(await back.received(1)).toEqual([{ allLive: 1000 }]);
  });

  it("is closed by default with over 8 MiB waiting for 30 s, and not before", async () => {
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
    // A round trip: had it been closed, its socket would be gone by now.
    await fetch(url);
    expect(eventsOf("client_closed")).toEqual([]);
    clock.advance(1000);
    expect(await event("client_closed")).toMatchObject({ cause: "slow_reader", code: 1013, connectedMs: 31_000 });
  });

  it("is not closed when it catches up in time", async () => {
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

  it("on events is cut off when it takes nothing for 60 s", async () => {
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
