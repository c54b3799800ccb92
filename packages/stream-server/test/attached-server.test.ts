import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import fastify from "fastify";
import Koa from "koa";
import { describe, expect, it, onTestFinished } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { createStreamServer, jsonResponse, type StreamServer } from "../src/index.ts";
import { RawConnection, refusedStatus, TestClient } from "./test-server.ts";

/** Apps that respond to `/app` with `the app's` and to other paths with their own 404. */
const apps: Record<string, (listen: (listener: RequestListener) => Server) => Promise<Server>> = {
  "a plain listener": async (listen) =>
    listen((request, response) => {
      response.statusCode = request.url === "/app" ? 200 : 404;
      response.end(request.url === "/app" ? "the app's" : "not the app's");
    }),
  "Express 5": async (listen) => {
    const app = express();
    app.get("/app", (_request, response) => void response.send("the app's"));
    return listen(app);
  },
  "Koa 3": async (listen) => {
    const app = new Koa();
    app.use((context) => {
      if (context.path === "/app") context.body = "the app's";
    });
    return listen(app.callback());
  },
  "Fastify 5": async (listen) => {
    const app = fastify({ serverFactory: (handler) => listen(handler) });
    app.get("/app", () => "the app's");
    await app.ready();
    return app.server;
  },
  "Fastify 5 with its own server": async () => {
    const app = fastify();
    app.get("/app", () => "the app's");
    await app.ready();
    return app.server;
  },
};

/** Long enough to be compressed. */
const MISSED = JSON.stringify({ missed: "m".repeat(100) });

function attach(server: Server): StreamServer {
  const attached = createStreamServer({ server });
  const topic = attached.channel({ webSocketPath: "/ws", ssePath: "/sse" }).topic("live");
  topic.publish({ delta: "1", snapshot: () => '{"all":0}', position: { epoch: "run", seq: 1 } });
  topic.publish({ delta: MISSED, snapshot: () => '{"all":1}', position: { epoch: "run", seq: 2 } });
  attached.addRoute("/price", () => jsonResponse({ price: 7 }));
  return attached;
}

async function start(http: Server): Promise<{ url: string; port: number }> {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

const textOf = async (url: string): Promise<string> => (await fetch(url)).text();

describe.each(Object.entries(apps))("beside %s", (_name, makeApp) => {
  it.each(["before", "after"])("attached %s the app, serves its paths and leaves others to the app", async (order) => {
    let attached: StreamServer | undefined;
    const http = await makeApp((listener) => {
      const server = createServer();
      if (order === "before") attached = attach(server);
      return server.on("request", listener);
    });
    attached ??= attach(http);
    const { url, port } = await start(http);
    expect(await textOf(`${url}/price`)).toBe('{"price":7}');
    expect(await textOf(`${url}/app`)).toBe("the app's");
    const unknown = await fetch(`${url}/unknown`);
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).not.toContain("unknown path");
    const client = new TestClient(`${url}/ws`);
    expect(await client.received(1)).toEqual([{ all: 1 }]);
    const events = new RawConnection(port);
    events.socket.write("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(await events.until(/data: .*\n\n/)).toMatch(/^HTTP\/1\.1 200 OK/);
    // An upgrade to another protocol at a path of the app is an ordinary request for it.
    expect(await refusedStatus(`${url}/app`)).toBe(200);
    expect(await refusedStatus(`${url}/unknown`)).toBe(404);

    await attached.close();
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(await textOf(`${url}/app`)).toBe("the app's");
    expect((await fetch(`${url}/price`)).status).toBe(404);
  });
});

describe.each(Object.entries(apps))("beside %s", (_name, makeApp) => {
  it("resumes WebSocket clients, compressed, and SSE clients", async () => {
    const http = await makeApp((listener) => createServer(listener));
    const attached = attach(http);
    const { url } = await start(http);
    const reader = new WebSocket(`${url.replace("http", "ws")}/ws?epoch=run&seq=1`);
    const [message] = await once(reader, "message");
    expect(String(message)).toBe(MISSED);
    expect(reader.extensions).toBe("permessage-deflate");
    const events = await fetch(`${url}/sse`, { headers: { "Last-Event-ID": "run:1" } });
    const { value } = (await events.body?.pipeThrough(new TextDecoderStream()).getReader().read()) ?? {};
    expect(value).toBe(`id: run:2\ndata: ${MISSED}\n\n`);
    await attached.close();
  });
});

describe("an attached server", () => {
  it("leaves upgrades at other paths to another WebSocket server", async () => {
    const http = createServer();
    const other = new WebSocketServer({ noServer: true });
    http.on("upgrade", (request, socket, head) => {
      other.handleUpgrade(request, socket, head, (webSocket) => webSocket.send('"the other\'s"'));
    });
    const attached = attach(http);
    const { url } = await start(http);
    expect(await new TestClient(`${url}/other`).received(1)).toEqual(["the other's"]);
    expect(await new TestClient(`${url}/ws`).received(1)).toEqual([{ all: 1 }]);
    await attached.close();
    other.close();
  });

  it("shares an HTTP server with another stream server", async () => {
    const http = createServer();
    const attached = [attach(http), createStreamServer({ server: http }), createStreamServer({ server: http })];
    attached[1]?.addRoute("/second", () => jsonResponse(2));
    attached[2]?.addRoute("/third", () => jsonResponse(3));
    const { url } = await start(http);
    expect(await textOf(`${url}/price`)).toBe('{"price":7}');
    expect(await textOf(`${url}/second`)).toBe("2");
    expect(await textOf(`${url}/third`)).toBe("3");
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    await attached[1]?.close();
    expect(await textOf(`${url}/third`)).toBe("3");
    expect((await fetch(`${url}/second`)).status).toBe(404);
    await attached[0]?.close();
    await attached[2]?.close();
  });

  it("treats HTTP/2 upgrade offers like ordinary requests", async () => {
    const http = createServer((_request, response) => void response.end("the app's"));
    const attached = attach(http);
    const { port } = await start(http);
    for (const [path, answer] of [
      ["/price", '{"price":7}'],
      ["/app", "the app's"],
    ]) {
      const connection = new RawConnection(port);
      connection.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`);
      expect(await connection.ended).toContain(answer);
    }
    await attached.close();
  });

  it("closes a connection with an upgrade after a pending request", async () => {
    const http = createServer(() => {});
    const attached = attach(http);
    const { port, url } = await start(http);
    const connection = new RawConnection(port);
    connection.socket.write(
      "GET /app HTTP/1.1\r\nHost: a\r\n\r\nGET /app HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n",
    );
    expect(await connection.ended).toBe("");
    expect(await textOf(`${url}/price`)).toBe('{"price":7}');
    await attached.close();
  });

  it("is started and closed by its owner", async () => {
    const http = createServer((_request, response) => void response.end("the app's"));
    const { url } = await start(http);
    const attached = attach(http);
    await expect(attached.listen()).rejects.toMatchObject({ name: "StreamServerError", code: "invalid_option" });
    await attached.close();
    expect(await textOf(`${url}/price`)).toBe("the app's");
  });
});
