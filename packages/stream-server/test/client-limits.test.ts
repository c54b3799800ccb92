import { describe, expect, it } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { RawConnection, refusedStatus, startServer, TestClient } from "./test-server.ts";

describe("messages from a client", () => {
  it("may have 4 KiB: one byte more closes with 1009", async () => {
    const { url, event } = await startServer();
    const within = await new TestClient(`${url}/ws`).opened();
    within.send(" ".repeat(4096));
    within.send({ type: "ping" });
    expect(await within.received(1)).toEqual([{ type: "pong" }]);
    const beyond = await new TestClient(`${url}/ws`).opened();
    beyond.send(" ".repeat(4097));
    expect(await beyond.closed).toMatchObject({ code: 1009 });
    expect(await event("client_closed")).toMatchObject({ cause: "protocol_error", code: 1009 });
  });

  it("may be 20 per second: the 21st closes with 1008 and the reason", async () => {
    const clock = new ManualClock();
    const { url, event } = await startServer({ clock });
    const client = await new TestClient(`${url}/ws`).opened();
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < 20; count++) client.send({ type: "ping" });
      await client.received((round + 1) * 20);
      clock.advance(1000);
    }
    clock.advance(-1);
    for (let count = 0; count < 21; count++) client.send({ type: "ping" });
    expect(await client.closed).toEqual({ code: 1008, reason: "more than 20 messages per second" });
    expect(client.messages.at(-1)).toEqual({
      type: "error",
      data: { code: "too_many_messages", message: "more than 20 messages per second" },
    });
    expect(await event("client_closed")).toMatchObject({ cause: "message_flood", code: 1008 });
  });

  it("include protocol pings", async () => {
    const { url } = await startServer({ clock: new ManualClock() });
    const client = await new TestClient(`${url}/ws`).opened();
    for (let count = 0; count < 21; count++) client.socket.ping();
    expect(await client.closed).toMatchObject({ code: 1008 });
  });

  it("after the close frame disconnect the client", async () => {
    const { url, port, event } = await startServer();
    expect(url).toContain(String(port));
    const flood = new RawConnection(port);
    await flood.upgrade();
    // A masked empty text frame (RFC 6455, section 5.2).
    const frame = Buffer.from([0x81, 0x80, 0, 0, 0, 0]);
    for (let count = 0; count < 200; count++) flood.socket.write(frame);
    await flood.ended;
    expect(await event("client_closed")).toMatchObject({ cause: "message_flood", code: 1008 });
  });

  it("may have 32 fragments: more close with 1008", async () => {
    const { port, event } = await startServer();
    const connection = new RawConnection(port);
    await connection.upgrade();
    // An empty text frame without FIN, then endless empty continuations.
    connection.socket.write(Buffer.from([0x01, 0x80, 0, 0, 0, 0]));
    for (let count = 0; count < 32; count++) connection.socket.write(Buffer.from([0x00, 0x80, 0, 0, 0, 0]));
    await connection.until(/\x88[\s\S]{3,}/);
    connection.socket.destroy();
    expect(await event("client_closed")).toMatchObject({ cause: "protocol_error", code: 1008 });
  });

  it("may arrive in a limited number of reads: more close with 1008", async () => {
    const { url, port, event } = await startServer({ limits: { maxFrameChunks: 4 } });
    const connection = new RawConnection(port);
    await connection.upgrade();
    connection.socket.setNoDelay();
    connection.socket.write(Buffer.from([0x81, 0x80 | 100, 0, 0, 0, 0]));
    for (let count = 0; count < 6 && connection.socket.writable; count++) {
      connection.socket.write("x");
      // A round trip, after which earlier data has been read.
      await fetch(url);
    }
    expect(await event("client_closed")).toMatchObject({ cause: "protocol_error", code: 1008 });
  });

  it.each([
    ["an unmasked frame", [0x81, 0x01, 0x61], 1002],
    ["a reserved opcode", [0x83, 0x80, 0, 0, 0, 0], 1002],
    ["a reserved bit", [0xc1, 0x80, 0, 0, 0, 0], 1002],
    ["text that is no UTF-8", [0x81, 0x81, 0, 0, 0, 0, 0xff], 1007],
    ["a length beyond all bounds", [0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0], 1009],
  ])("closes on %s", async (_name, bytes, code) => {
    const { port, event } = await startServer();
    const connection = new RawConnection(port);
    await connection.upgrade();
    connection.socket.write(Buffer.from(bytes));
    const received = Buffer.from(await connection.until(/\x88[\s\S]{3,}/), "latin1");
    const closeFrame = received.subarray(received.lastIndexOf(0x88));
    expect(closeFrame.readUInt16BE(2)).toBe(code);
    connection.socket.destroy();
    expect(await event("client_closed")).toMatchObject({ cause: "protocol_error", code });
  });
});

describe("the heartbeat", () => {
  it("keeps a client that replies and closes one without a pong for 60 s", async () => {
    const clock = new ManualClock();
    const { url, publish, event, eventsOf } = await startServer({ clock });
    publish(1);
    const alive = new TestClient(`${url}/ws`);
    const silent = new TestClient(`${url}/ws`, { autoPong: false });
    await Promise.all([alive.received(1), silent.received(1)]);
    for (let second = 0; second < 60; second++) {
      clock.advance(1000);
      // A round trip, so that the pong arrives before the clock advances.
      alive.send({ type: "ping" });
      await alive.received(second + 2);
    }
    expect(await silent.closed).toEqual({ code: 1013, reason: "no pong within 60 s" });
    expect(await event("client_closed")).toMatchObject({ client: 2, cause: "no_pong", code: 1013 });
    clock.advance(30_000);
    alive.send({ type: "ping" });
    await alive.received(62);
    expect(eventsOf("client_closed")).toHaveLength(1);
  });

  it("closes a half-open connection", async () => {
    const clock = new ManualClock();
    const { port, event, server } = await startServer({ clock, limits: { closeTimeoutMs: 50 } });
    const vanished = new RawConnection(port);
    await vanished.upgrade();
    vanished.socket.pause();
    await event("client_connected");
    clock.advance(61_000);
    expect(await event("client_closed")).toMatchObject({ cause: "no_pong", code: 1013 });
    expect(server.clients()).toEqual({ websocket: 0, sse: 0 });
  });

  it("stops its timer when the last client leaves", async () => {
    const clock = new ManualClock();
    const { url, event } = await startServer({ clock });
    expect(clock.pending).toBe(0);
    const client = await new TestClient(`${url}/ws`).opened();
    await event("client_connected");
    expect(clock.pending).toBe(1);
    client.socket.close();
    await event("client_closed");
    clock.advance(1000);
    expect(clock.pending).toBe(0);
  });
});

describe("connections", () => {
  it("are limited in number: one more gets 503 until a client leaves", async () => {
    const { url, event, eventsOf } = await startServer({ limits: { maxClients: 2 } });
    const first = await new TestClient(`${url}/ws`).opened();
    await new TestClient(`${url}/ws`).opened();
    expect(await refusedStatus(`${url}/ws`)).toBe(503);
    expect((await fetch(`${url}/sse`)).status).toBe(503);
    expect(eventsOf("connection_refused").map(({ reason }) => reason)).toEqual([
      "too_many_clients",
      "too_many_clients",
    ]);
    first.socket.close();
    await event("client_closed");
    await new TestClient(`${url}/ws`).opened();
  });

  it("are limited per address, WebSocket and SSE together: one more gets 429", async () => {
    const { url } = await startServer({ limits: { maxClientsPerAddress: 2 }, trustProxy: true });
    const from = (address: string) => ({ headers: { "X-Forwarded-For": address } });
    const stop = new AbortController();
    await new TestClient(`${url}/ws`, from("203.0.113.5")).opened();
    await fetch(`${url}/sse`, { ...from("203.0.113.5"), signal: stop.signal });
    expect(await refusedStatus(`${url}/ws`, from("203.0.113.5"))).toBe(429);
    expect(await refusedStatus(`${url}/ws`, from("6.6.6.6, 203.0.113.5"))).toBe(429);
    await new TestClient(`${url}/ws`, from("203.0.113.6")).opened();
    stop.abort();
  });

  it("count an IPv6 /64 as one address", async () => {
    const { url } = await startServer({ limits: { maxClientsPerAddress: 1 }, trustProxy: true });
    await new TestClient(`${url}/ws`, { headers: { "X-Forwarded-For": "2001:db8:1:2::1" } }).opened();
    expect(await refusedStatus(`${url}/ws`, { headers: { "X-Forwarded-For": "2001:db8:1:2:ffff::9" } })).toBe(429);
    await new TestClient(`${url}/ws`, { headers: { "X-Forwarded-For": "2001:db8:1:3::1" } }).opened();
  });

  it("ignore X-Forwarded-For without a trusted proxy", async () => {
    const { url, eventsOf } = await startServer({ limits: { maxClientsPerAddress: 1 } });
    await new TestClient(`${url}/ws`, { headers: { "X-Forwarded-For": "203.0.113.5" } }).opened();
    expect(await refusedStatus(`${url}/ws`, { headers: { "X-Forwarded-For": "203.0.113.6" } })).toBe(429);
    expect(eventsOf("client_connected")[0]?.address).toBe("127.0.0.1");
  });

  it("are limited to the allowed origins, except clients without origin", async () => {
    const { url, eventsOf } = await startServer({ allowedOrigins: ["https://Example.org"] });
    await new TestClient(`${url}/ws`, { origin: "https://example.org" }).opened();
    await new TestClient(`${url}/ws`).opened();
    for (const origin of ["https://evil.example", "http://example.org", "https://example.org.evil.example", "null"])
      expect(await refusedStatus(`${url}/ws`, { origin }), origin).toBe(403);
    expect(eventsOf("connection_refused").map(({ reason }) => reason)).toEqual(Array(4).fill("origin"));
  });

  it("are allowed from the server's own pages, but not under a foreign name", async () => {
    const { url, port } = await startServer({ allowedOrigins: ["https://example.org"] });
    for (const own of [`127.0.0.1:${port}`, `localhost:${port}`, "192.0.2.7", `[::1]:${port}`])
      await new TestClient(`${url}/ws`, { origin: `http://${own}`, headers: { Host: own } }).opened();
    const elsewhere = [
      ["http://127.0.0.1:1", `127.0.0.1:${port}`],
      [`http://rebound.example:${port}`, `rebound.example:${port}`],
      ["null", `127.0.0.1:${port}`],
    ] as const;
    for (const [origin, host] of elsewhere)
      expect(await refusedStatus(`${url}/ws`, { origin, headers: { Host: host } }), origin).toBe(403);
  });

  it("are allowed from any origin by default", async () => {
    const { url } = await startServer();
    await new TestClient(`${url}/ws`, { origin: "https://anywhere.example" }).opened();
  });

  it("get the refusal reason from a plain request to the WebSocket path", async () => {
    const { url, event } = await startServer({
      limits: { maxClients: 2, maxClientsPerAddress: 1 },
      allowedOrigins: ["https://example.org"],
      trustProxy: true,
    });
    const ask = async (from: string, origin = "https://example.org") => {
      const response = await fetch(`${url}/ws`, { headers: { "X-Forwarded-For": from, Origin: origin } });
      const { error } = (await response.json()) as { error: string };
      return [response.status, error, response.headers.get("retry-after")];
    };
    expect(await ask("192.0.2.1")).toEqual([426, "upgrade_required", null]);
    expect((await fetch(`${url}/ws`)).headers.get("upgrade")).toBe("websocket");
    expect(await ask("192.0.2.1", "https://evil.example")).toEqual([403, "origin", null]);
    const first = await new TestClient(`${url}/ws`, { headers: { "X-Forwarded-For": "192.0.2.1" } }).opened();
    expect(await ask("192.0.2.1")).toEqual([429, "too_many_clients_of_address", "10"]);
    await new TestClient(`${url}/ws`, { headers: { "X-Forwarded-For": "192.0.2.2" } }).opened();
    expect(await ask("192.0.2.3")).toEqual([503, "too_many_clients", "10"]);
    const { headers } = await fetch(`${url}/ws`);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-expose-headers")).toBe("Retry-After");
    first.socket.close();
    await event("client_closed");
    expect(await ask("192.0.2.1")).toEqual([426, "upgrade_required", null]);
  });

  it("need a known path and a valid handshake", async () => {
    const { url, port, eventsOf } = await startServer();
    expect(await refusedStatus(`${url}/elsewhere`)).toBe(404);
    expect(await refusedStatus(`${url}/sse`)).toBe(404);
    const badKey = new RawConnection(port);
    badKey.socket.write("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    expect(await badKey.ended).toMatch(/^HTTP\/1\.1 400 /);
    const badMethod = new RawConnection(port);
    badMethod.socket.write("POST /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    expect(await badMethod.ended).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(eventsOf("connection_refused").map(({ reason }) => reason)).toEqual([
      "no_such_channel",
      "no_such_channel",
      "bad_handshake",
      "bad_handshake",
    ]);
    expect(eventsOf("client_connected")).toEqual([]);
  });
});
