import { describe, expect, it } from "vitest";
import {
  errorResponse,
  jsonResponse,
  type RouteRequest,
  type RouteResponse,
  type StreamServerOptions,
} from "../src/index.ts";
import { ManualClock } from "./manual-clock.ts";
import { RawConnection, startServer, type TestServer } from "./test-server.ts";

/** A server with a few routes. */
async function startRoutes(options: StreamServerOptions = {}): Promise<TestServer & { requests: RouteRequest[] }> {
  const started = await startServer(options);
  const requests: RouteRequest[] = [];
  started.server.addRoutes({
    "/price": (request) => {
      requests.push(request);
      return jsonResponse({ price: 7 });
    },
    "/late": async () => ({ contentType: "text/plain", body: await Promise.resolve("late") }),
    "/broken": () => {
      throw new Error("a defect");
    },
    "/refused": () => errorResponse(503, "stale", "there is no fresh price"),
  });
  return { ...started, requests };
}

describe("a route", () => {
  it("responds to GET, readable by any page, without credentials", async () => {
    const { url, requests } = await startRoutes();
    const response = await fetch(`${url}/price?a=1&b=%20x`, { headers: { Origin: "https://anywhere.example" } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ price: 7 });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-length": "11",
      "cache-control": "no-store, no-transform",
      "access-control-allow-origin": "*",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    expect(response.headers.has("access-control-allow-credentials")).toBe(false);
    expect(requests[0]).toMatchObject({ method: "GET", path: "/price", address: "127.0.0.1" });
    expect([...(requests[0]?.query ?? [])]).toEqual([
      ["a", "1"],
      ["b", " x"],
    ]);
    expect(await (await fetch(`${url}/late`)).text()).toBe("late");
  });

  it("responds to HEAD with the same headers and no body", async () => {
    const { url } = await startRoutes();
    const response = await fetch(`${url}/price`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("11");
    expect(await response.text()).toBe("");
  });

  it("responds to a preflight request", async () => {
    const { url } = await startRoutes();
    const response = await fetch(`${url}/price`, { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      allow: "GET, HEAD, OPTIONS",
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD, OPTIONS",
    });
    expect(response.headers.has("access-control-allow-credentials")).toBe(false);
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"])("rejects %s with 405 without reading the body", async (method) => {
    const { url } = await startRoutes();
    const response = await fetch(`${url}/price`, { method, body: "x".repeat(100_000) });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    expect(await response.json()).toEqual({ error: "method_not_allowed", message: expect.any(String) });
  });

  it("that throws responds with 500 without details; the event has the error", async () => {
    const { url, event } = await startRoutes();
    const response = await fetch(`${url}/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("a defect");
    expect(await event("handler_failed")).toMatchObject({ path: "/broken", error: new Error("a defect") });
  });

  it.each([
    ["a header that cannot be sent", { contentType: "text/plain", body: "", headers: { "X-Asked": "5–10" } }],
    ["a status that there is not", { contentType: "text/plain", body: "", status: 7 }],
    ["no body", { contentType: "text/plain" } as RouteResponse],
    ["nothing", undefined as unknown as RouteResponse],
  ])("that answers with %s answers 500, and the server continues", async (_, answer) => {
    const { server, url, event } = await startServer();
    server.addRoutes({ "/wrong": () => answer, "/right": () => jsonResponse(1) });
    expect((await fetch(`${url}/wrong`)).status).toBe(500);
    expect(await event("handler_failed")).toMatchObject({ path: "/wrong", error: expect.any(Error) });
    expect(await (await fetch(`${url}/right`)).json()).toBe(1);
  });

  it("can return an error that pages can read", async () => {
    const { url } = await startRoutes();
    const response = await fetch(`${url}/refused`);
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 503,
      body: { error: "stale", message: "there is no fresh price" },
    });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("is reported with its path, an unknown path without", async () => {
    const { url, event, eventsOf } = await startRoutes();
    await (await fetch(`${url}/price`)).text();
    await (await fetch(`${url}/${"x".repeat(100)}`)).text();
    await event("http_request", ({ status }) => status === 404);
    expect(eventsOf("http_request")).toEqual([
      { type: "http_request", method: "GET", path: "/price", status: 200, durationMs: expect.any(Number) },
      { type: "http_request", method: "GET", path: null, status: 404, durationMs: expect.any(Number) },
    ]);
  });
});

describe("a route without cross-origin access", () => {
  it("forbids cross-origin reads in every response", async () => {
    const { server, url } = await startServer();
    server.addRoutes(
      { "/inside": () => jsonResponse(1), "/broken": () => Promise.reject(new Error("a defect")) },
      {
        crossOrigin: false,
      },
    );
    const answers = [
      await fetch(`${url}/inside`),
      await fetch(`${url}/inside`, { method: "OPTIONS" }),
      await fetch(`${url}/inside`, { method: "POST" }),
      await fetch(`${url}/broken`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 204, 405, 500]);
    for (const { headers } of answers) {
      expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    }
  });
});

/** The raw response to a raw request on its own connection. */
async function raw(port: number, head: string): Promise<{ status: number; error: string | null; text: string }> {
  const connection = new RawConnection(port);
  connection.socket.write(`${head}\r\n\r\n`);
  const text = await connection.ended;
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  const error = body.startsWith("{") ? ((JSON.parse(body) as { error?: string }).error ?? null) : null;
  return { status: Number(text.split(" ")[1]), error, text };
}

describe("a request target", () => {
  it.each([
    "http://127.0.0.1:8000/price",
    "HTTPS://elsewhere.example/price",
    "http://[::1]:8000/price?a=1",
    "/%70ric%65",
    "/price?",
    "/price#part",
  ])("of the form %s is served like /price", async (target) => {
    const { port } = await startRoutes();
    const answer = await raw(port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close`);
    expect(answer).toMatchObject({ status: 200, error: null, text: expect.stringContaining('{"price":7}') });
  });

  it.each([
    "/nothing",
    "/../../etc/passwd",
    "/..%2f..%2fetc/passwd",
    "//price",
    "/price/",
    "/price%00",
    "/%2Fprice",
    "/%2570rice",
    "http://elsewhere.example",
    "http://elsewhere.example?/price",
  ])("of the form %s gets 404", async (target) => {
    const { port } = await startRoutes();
    const answer = await raw(port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close`);
    expect(answer).toMatchObject({ status: 404, error: "not_found" });
  });

  it.each([
    "*",
    "/%",
    "/%zz",
    "/%ff",
    "http:///price",
    "http://user@elsewhere.example/price",
    "http://a:99999/price",
    "ftp://elsewhere.example/price",
    "elsewhere.example:80",
    "price",
  ])("of the form %s gets 400", async (target) => {
    const { port } = await startRoutes();
    expect((await raw(port, `GET ${target} HTTP/1.1\r\nHost: a`)).status).toBe(400);
  });

  it("may be absolute for streams, and replaces the Host header", async () => {
    const { port, publish } = await startServer({ allowedOrigins: [] });
    publish(1);
    const webSocket = new RawConnection(port);
    await webSocket.upgrade(`http://127.0.0.1:${port}/ws`, [
      `Origin: http://127.0.0.1:${port}`,
      "Host: elsewhere.example",
    ]);
    expect(await webSocket.until(/allLive/)).toMatch(/^HTTP\/1\.1 101 /);
    const events = new RawConnection(port);
    events.socket.write("GET http://elsewhere.example/sse HTTP/1.1\r\nHost: a\r\n\r\n");
    await events.until(/allLive/);
  });

  it.each(["*", "http://127.0.0.1:8000"])("%s asks with OPTIONS what the server can do", async (target) => {
    const { port } = await startRoutes();
    const { status, text } = await raw(port, `OPTIONS ${target} HTTP/1.1\r\nHost: a\r\nConnection: close`);
    expect(status).toBe(204);
    expect(text).toMatch(/^Allow: GET, HEAD, OPTIONS\r$/m);
  });
});

describe("a request's Host header", () => {
  it.each(["", "a", "a:", "127.0.0.1:8000", "[::1]:8000", "a_b.example", "%41"])("may be %j", async (host) => {
    const { port } = await startRoutes();
    expect((await raw(port, `GET /price HTTP/1.1\r\nHost: ${host}\r\nConnection: close`)).status).toBe(200);
  });

  it.each(["a b", "a/b", "user@a", "a:b", "a:99999", "[::1", "[::g]", "::1", "a\\b", "é"])(
    "that is %j gets 400",
    async (host) => {
      const { port } = await startRoutes();
      expect(await raw(port, `GET /price HTTP/1.1\r\nHost: ${host}`)).toMatchObject({ status: 400, error: "bad_host" });
    },
  );

  it("that is missing or duplicated gets 400, for a WebSocket too", async () => {
    const { port, eventsOf } = await startRoutes();
    const upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13";
    const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    for (const headers of ["X-No: host", "Host: a\r\nHost: a", "Host: a\r\nhost: b"])
      for (const request of [
        `GET /price HTTP/1.1\r\n${headers}`,
        `GET /ws HTTP/1.1\r\n${upgrade}\r\n${key}\r\n${headers}`,
      ])
        expect(await raw(port, request), request).toMatchObject({ status: 400, error: "bad_host" });
    expect(eventsOf("client_connected")).toEqual([]);
  });

  it("is found among thousands of headers", async () => {
    const { port } = await startRoutes();
    const head = `GET /price HTTP/1.1\r\nHost: a\r\n${"b:\r\n".repeat(3000)}Host: c`;
    expect(await raw(port, head)).toMatchObject({ status: 400, error: "bad_host" });
  });

  it("may be missing in HTTP/1.0", async () => {
    const { port } = await startRoutes();
    expect((await raw(port, "GET /price HTTP/1.0")).status).toBe(200);
    expect((await raw(port, "GET /price HTTP/1.0\r\nHost: a\r\nHost: b")).status).toBe(400);
  });
});

describe("an expectation", () => {
  it("other than 100-continue gets 417; ignored in HTTP/1.0", async () => {
    const { port } = await startRoutes();
    const request = (version: string) => `GET /price HTTP/${version}\r\nHost: a\r\nExpect: bogus`;
    expect(await raw(port, request("1.1"))).toMatchObject({ status: 417, error: "expectation_failed" });
    expect((await raw(port, request("1.0"))).status).toBe(200);
  });

  it("gets a response at once for 100-continue: bodies are not read", async () => {
    const { port } = await startRoutes();
    const head = "POST /price HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue";
    const { status, text } = await raw(port, head);
    expect(status).toBe(405);
    expect(text).not.toContain("100 Continue");
  });
});

describe("a request with a body", () => {
  it.each([
    ["announced", "Content-Length: 5\r\n\r\nhello"],
    ["that never comes", "Content-Length: 1000000"],
    ["in chunks", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0"],
    ["in chunks without an end", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello"],
  ])("%s is answered without it, and its connection closed", async (_name, body) => {
    const { port } = await startRoutes();
    const { status, text } = await raw(port, `GET /price HTTP/1.1\r\nHost: a\r\n${body}`);
    expect(status).toBe(200);
    expect(text).toMatch(/^Connection: close\r$/m);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe("an invalid request", () => {
  it.each([10_000, 1_000_000])("with a URL of %i characters gets 414", async (length) => {
    const { port, server } = await startRoutes();
    const connection = new RawConnection(port);
    connection.socket.write(`GET /${"x".repeat(length)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 414 URI Too Long\r\n/);
    expect(server.clients()).toEqual({ websocket: 0, sse: 0 });
  });

  it.each([
    ["one huge header", `X-Bomb: ${"x".repeat(100_000)}\r\n`],
    ["thousands of headers", "X-Bomb: 1\r\n".repeat(20_000)],
  ])("with %s gets 431", async (_name, headers) => {
    const { port, event } = await startRoutes();
    const connection = new RawConnection(port);
    connection.socket.write(`GET /price HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 431 /);
    expect(await event("http_refused")).toMatchObject({ status: 431, code: "headers_too_large", address: "127.0.0.1" });
  });

  it.each([
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00"],
    ["length and chunks", "POST /price HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["two lengths", "POST /price HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"],
    ["a body of unknown length", "GET /price HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"],
  ])("that is %s gets 400", async (_name, bytes) => {
    const { port } = await startRoutes();
    const connection = new RawConnection(port);
    connection.socket.write(bytes, "latin1");
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ["never begins", ""],
    ["starts and never continues", "GET /price HTTP/1.1\r\nHost: a\r\nX-Slow: "],
  ])("that %s gets 408", async (_name, bytes) => {
    const { port, event } = await startRoutes({ limits: { headersTimeoutMs: 100, requestTimeoutMs: 100 } });
    const connection = new RawConnection(port);
    connection.socket.write(bytes);
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 408 /);
    expect(await event("http_refused")).toMatchObject({ status: 408, code: "request_timeout" });
  });

  it("that arrived in time gets a response even if the process was blocked", async () => {
    const { port, eventsOf } = await startRoutes({ limits: { headersTimeoutMs: 100, requestTimeoutMs: 100 } });
    const connection = new RawConnection(port);
    connection.socket.write("GET /price HTTP/1.1\r\nHost: a\r\n");
    await new Promise((resolve) => connection.socket.once("connect", resolve));
    // The server reads the first part.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    connection.socket.write("Connection: close\r\n\r\n");
    // Blocks the process. Node.js checks for late requests once a second, before it reads.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 200 /);
    expect(eventsOf("http_refused")).toEqual([]);
  });

  it("that arrived in part while the process was blocked gets more time", async () => {
    const turns = async (): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    const { port, eventsOf } = await startRoutes({
      clock: new ManualClock(),
      limits: { headersTimeoutMs: 100, requestTimeoutMs: 100 },
    });
    const connection = new RawConnection(port);
    connection.socket.write("GET /price HTTP/1.1\r\nHost: a\r\n");
    await new Promise((resolve) => connection.socket.once("connect", resolve));
    await turns();
    connection.socket.write("Connection: close\r\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
    await turns();
    connection.socket.write("\r\n");
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 200 /);
    expect(eventsOf("http_refused")).toEqual([]);
  });

  it("that arrived in time and became a WebSocket is not refused later", async () => {
    const clock = new ManualClock();
    const { port, publish, eventsOf } = await startRoutes({
      clock,
      limits: { headersTimeoutMs: 100, requestTimeoutMs: 100 },
    });
    const connection = new RawConnection(port);
    connection.socket.write("GET /ws HTTP/1.1\r\nHost: localhost\r\n");
    await new Promise((resolve) => connection.socket.once("connect", resolve));
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    connection.socket.write("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    connection.socket.write("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
    await connection.until(/^HTTP\/1\.1 101 /);
    clock.advance(1000);
    publish(7);
    expect(await connection.until(/"live":7|"allLive":7|408/)).not.toContain("408");
    expect(eventsOf("http_refused")).toEqual([]);
  });

  it.each([
    ["CONNECT a:80 HTTP/1.1", 501, "not_implemented"],
    ["GET /price HTTP/3.0", 505, "http_version"],
  ])("gets a reason: %s", async (line, status, error) => {
    const { port } = await startRoutes();
    expect(await raw(port, `${line}\r\nHost: a`)).toMatchObject({ status, error });
  });

  it("does not corrupt the response in progress on its connection", async () => {
    const { port, publish, event } = await startRoutes();
    publish(1);
    const connection = new RawConnection(port);
    connection.socket.write("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n");
    await connection.until(/allLive/);
    connection.socket.write("\x16\x03\x01garbage\r\n\r\n");
    await connection.ended;
    expect(await event("client_closed")).toMatchObject({ kind: "sse", cause: "client" });
    expect(await connection.ended).not.toContain("400");
  });

  it("does not affect later clients", async () => {
    const { port, url } = await startRoutes();
    const connections = Array.from({ length: 50 }, () => new RawConnection(port));
    for (const [index, { socket }] of connections.entries())
      socket.write(index % 2 === 0 ? "\0\0\0" : `GET /${"x".repeat(50_000)}`);
    await Promise.all(connections.map(({ ended }) => ended));
    expect((await fetch(`${url}/price`)).status).toBe(200);
  });
});

describe("a request with an HTTP/2 upgrade, as from Java or curl --http2", () => {
  const offering = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`;

  it("is handled as any other, and its connection closed", async () => {
    const { port, eventsOf } = await startRoutes();
    const connection = new RawConnection(port);
    connection.socket.write(offering("/price"));
    const [head = "", body] = (await connection.ended).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toMatch(/^Connection: close$/im);
    expect(body).toBe('{"price":7}');
    expect(eventsOf("connection_refused")).toEqual([]);
  });

  it("gets the stream until it leaves or the server closes", async () => {
    const { server, port, publish, event, eventsOf } = await startRoutes();
    publish(1);
    const [leaving, staying] = [new RawConnection(port), new RawConnection(port)];
    for (const { socket } of [leaving, staying]) socket.write(offering("/sse"));
    await Promise.all([leaving.until(/"allLive":1\}\n\n/), staying.until(/"allLive":1\}\n\n/)]);
    publish(2);
    await leaving.until(/"live":2\}\n\n/);
    leaving.socket.resetAndDestroy();
    expect(await event("client_closed")).toMatchObject({ kind: "sse", cause: "client" });
    publish(3);
    await staying.until(/"live":3\}\n\n/);
    await server.close();
    await staying.ended;
    expect(eventsOf("client_closed")).toHaveLength(2);
  });
});

describe("connections beyond the limit", () => {
  it("are dropped", async () => {
    const { port, event } = await startRoutes({ limits: { maxConnections: 2 } });
    const held = [new RawConnection(port), new RawConnection(port)];
    for (const { socket } of held) socket.write("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n");
    await Promise.all(held.map((one) => one.until(/200 OK/)));
    expect(await new RawConnection(port).ended).toBe("");
    expect(await event("connection_refused")).toMatchObject({ reason: "too_many_connections", status: null });
  });
});
