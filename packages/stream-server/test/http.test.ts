import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  createStreamServer,
  errorAnswer,
  jsonAnswer,
  type RouteAnswer,
  type RouteRequest,
  type StreamServerOptions,
} from "../src/index.ts";
import { RawConnection, refusedStatus, startServer, TestClient, type TestServer } from "./test-server.ts";

/** A server with a few routes. */
async function startRoutes(options: StreamServerOptions = {}): Promise<TestServer & { requests: RouteRequest[] }> {
  const started = await startServer(options);
  const requests: RouteRequest[] = [];
  started.server.addRoutes({
    "/price": (request) => {
      requests.push(request);
      return jsonAnswer({ price: 7 });
    },
    "/late": async () => ({ contentType: "text/plain", body: await Promise.resolve("late") }),
    "/broken": () => {
      throw new Error("a defect");
    },
    "/refused": () => errorAnswer(503, "stale", "there is no fresh price"),
  });
  return { ...started, requests };
}

describe("a route", () => {
  it("answers GET with its body, and any page may read it, without credentials", async () => {
    const { url, requests } = await startRoutes();
    const response = await fetch(`${url}/price?a=1&b=%20x`, { headers: { Origin: "https://anywhere.example" } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ price: 7 });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-length": "11",
      "cache-control": "no-store",
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

  it("answers HEAD with the same headers and no body", async () => {
    const { url } = await startRoutes();
    const response = await fetch(`${url}/price`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("11");
    expect(await response.text()).toBe("");
  });

  it("answers a browser's preflight request", async () => {
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

  it.each(["POST", "PUT", "PATCH", "DELETE"])("refuses %s with 405, unread", async (method) => {
    const { url } = await startRoutes();
    const response = await fetch(`${url}/price`, { method, body: "x".repeat(100_000) });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    expect(await response.json()).toEqual({ error: "method_not_allowed", message: expect.any(String) });
  });

  it("that throws answers 500, tells nothing of the defect, and the event tells it all", async () => {
    const { url, event } = await startRoutes();
    const response = await fetch(`${url}/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("a defect");
    expect(await event("handler_failed")).toMatchObject({ path: "/broken", error: new Error("a defect") });
  });

  it.each([
    ["a header that cannot be sent", { contentType: "text/plain", body: "", headers: { "X-Asked": "5–10" } }],
    ["a status that there is not", { contentType: "text/plain", body: "", status: 7 }],
    ["no body", { contentType: "text/plain" } as RouteAnswer],
    ["nothing", undefined as unknown as RouteAnswer],
  ])("that answers with %s answers 500, and the server goes on", async (_, answer) => {
    const { server, url, event } = await startServer();
    server.addRoutes({ "/wrong": () => answer, "/right": () => jsonAnswer(1) });
    expect((await fetch(`${url}/wrong`)).status).toBe(500);
    expect(await event("handler_failed")).toMatchObject({ path: "/wrong", error: expect.any(Error) });
    expect(await (await fetch(`${url}/right`)).json()).toBe(1);
  });

  it("may refuse, and pages may read why", async () => {
    const { url } = await startRoutes();
    const response = await fetch(`${url}/refused`);
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 503,
      body: { error: "stale", message: "there is no fresh price" },
    });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("is told of with its path, a foreign path without", async () => {
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

describe("a request that nobody should send", () => {
  it.each([
    ["/nothing"],
    ["/../../etc/passwd"],
    ["/..%2f..%2fetc/passwd"],
    ["//price"],
    ["/price/"],
    ["/%"],
    ["/price%00"],
    ["*"],
    ["http://elsewhere.example/price"],
  ])("for %s gets 404", async (target) => {
    const { port } = await startRoutes();
    const connection = new RawConnection(port);
    connection.socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 404 /);
  });

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
    ["no Host", "GET /price HTTP/1.1\r\n\r\n"],
    ["two lengths", "POST /price HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"],
  ])("that is %s gets 400", async (_name, bytes) => {
    const { port } = await startRoutes();
    const connection = new RawConnection(port);
    connection.socket.write(bytes, "latin1");
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ["never begins", ""],
    ["begins and never goes on", "GET /price HTTP/1.1\r\nHost: a\r\nX-Slow: "],
  ])("that %s gets 408", async (_name, bytes) => {
    const { port, event } = await startRoutes({ limits: { headersTimeoutMs: 100, requestTimeoutMs: 100 } });
    const connection = new RawConnection(port);
    connection.socket.write(bytes);
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 408 /);
    expect(await event("http_refused")).toMatchObject({ status: 408, code: "request_timeout" });
  });

  it("does not break the answer under way on its connection", async () => {
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

  it("leaves later clients unharmed", async () => {
    const { port, url } = await startRoutes();
    const connections = Array.from({ length: 50 }, () => new RawConnection(port));
    for (const [index, { socket }] of connections.entries())
      socket.write(index % 2 === 0 ? "\0\0\0" : `GET /${"x".repeat(50_000)}`);
    await Promise.all(connections.map(({ ended }) => ended));
    expect((await fetch(`${url}/price`)).status).toBe(200);
  });
});

describe("a request that offers HTTP/2 in passing, as Java's client and curl --http2 do", () => {
  const offering = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`;

  it("is answered as any other, and its connection closed", async () => {
    const { port, eventsOf } = await startRoutes();
    const connection = new RawConnection(port);
    connection.socket.write(offering("/price"));
    const [head = "", body] = (await connection.ended).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toMatch(/^Connection: close$/im);
    expect(body).toBe('{"price":7}');
    expect(eventsOf("connection_refused")).toEqual([]);
  });

  it("gets the stream, until it leaves or the server closes", async () => {
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

  it("is answered by the owner of an attached server, where the path is the owner's", async () => {
    const http = createHttpServer((request, response) => {
      if (request.url === "/owner") response.end("the owner's");
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void http.close());
    const attached = createStreamServer({ server: http });
    attached.addRoute("/price", () => jsonAnswer({ price: 7 }));
    for (const [path, answer] of [
      ["/price", '{"price":7}'],
      ["/owner", "the owner's"],
    ] as const) {
      const connection = new RawConnection((http.address() as AddressInfo).port);
      connection.socket.write(offering(path));
      expect(await connection.ended).toContain(answer);
    }
    await attached.close();
  });
});

describe("connections beyond the limit", () => {
  it("are dropped at the door", async () => {
    const { port, event } = await startRoutes({ limits: { maxConnections: 2 } });
    const held = [new RawConnection(port), new RawConnection(port)];
    for (const { socket } of held) socket.write("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n");
    await Promise.all(held.map((one) => one.until(/200 OK/)));
    expect(await new RawConnection(port).ended).toBe("");
    expect(await event("connection_refused")).toMatchObject({ reason: "too_many_connections", status: null });
  });
});

describe("an attached server", () => {
  it("has channels, and leaves upgrades elsewhere to their owner", async () => {
    const http = createHttpServer();
    const attached = createStreamServer({ server: http });
    const topic = attached.channel({ webSocketPath: "/ws", ssePath: "/sse" }).topic("live");
    topic.publish({ delta: "1", snapshot: () => '{"all":1}' });
    http.on("upgrade", (request, socket) => {
      if (request.url === "/owner") socket.end("HTTP/1.1 418 I'm a teapot\r\n\r\n");
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void http.close());
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const client = new TestClient(`${url}/ws`);
    expect(await client.received(1)).toEqual([{ all: 1 }]);
    expect(await refusedStatus(`${url}/owner`)).toBe(418);
    await attached.close();
    expect(await client.closed).toMatchObject({ code: 1001 });
  });

  it("answers for its own paths, leaves the others to their owner, and leaves the server running", async () => {
    const http = createHttpServer((request, response) => {
      if (request.url === "/owner") response.end("the owner's");
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void http.close());
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const attached = createStreamServer({ server: http });
    attached.addRoute("/price", () => jsonAnswer({ price: 7 }));
    expect(await (await fetch(`${url}/price`)).json()).toEqual({ price: 7 });
    expect(await (await fetch(`${url}/owner`)).text()).toBe("the owner's");
    await expect(attached.listen()).rejects.toMatchObject({ name: "StreamServerError", code: "invalid_option" });
    await attached.close();
    expect(await (await fetch(`${url}/owner`)).text()).toBe("the owner's");
    http.closeAllConnections();
  });
});
