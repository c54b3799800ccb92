import { describe, expect, it } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { RawConnection, startServer, TestClient } from "./test-server.ts";

describe("Server-Sent Events", () => {
  it("carry the same messages as the WebSocket", async () => {
    const { publish, confirmed, url, port } = await startServer();
    publish(1);
    confirmed.publish({ delta: '{"block":7}', snapshot: () => '{"allBlocks":7}' });
    const webSocket = new TestClient(`${url}/ws`);
    const events = new RawConnection(port);
    events.socket.write("GET /sse HTTP/1.0\r\n\r\n");
    await Promise.all([webSocket.received(2), events.until(/allBlocks/)]);
    publish(2);
    confirmed.publish({ delta: '{"block":8}', snapshot: () => "{}" });
    const messages = await webSocket.received(4);
    const [head = "", body = ""] = (await events.until(/block":8\}\n\n/)).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(head).toMatch(/content-type: text\/event-stream; charset=utf-8/i);
    expect(head).toMatch(/cache-control: no-store, no-transform\r/i);
    expect(head).toMatch(/access-control-allow-origin: \*/i);
    const blocks = body.split("\n\n").slice(0, -1);
    expect(blocks.every((block) => /^data: [^\n]*$/.test(block))).toBe(true);
    expect(blocks.map((block) => JSON.parse(block.slice("data: ".length)))).toEqual(messages);
  });

  it("preserve line breaks", async () => {
    const { live, port } = await startServer();
    live.publish({ delta: "", snapshot: () => "one\ntwo\r\nthree" });
    const events = new RawConnection(port);
    events.socket.write("GET /sse HTTP/1.0\r\n\r\n");
    const [, body] = (await events.until(/three\n\n/)).split("\r\n\r\n");
    expect(body).toBe("data: one\ndata: two\ndata: three\n\n");
  });

  it("send a comment after 15 s without data to keep proxies connected", async () => {
    const clock = new ManualClock();
    const { publish, port, event } = await startServer({ clock });
    publish(1);
    const events = new RawConnection(port);
    events.socket.write("GET /sse HTTP/1.0\r\n\r\n");
    await event("client_connected");
    clock.advance(10_000);
    publish(2);
    clock.advance(14_000);
    publish(3);
    expect(await events.until(/live":3/)).not.toContain(": keep-alive");
    clock.advance(16_000);
    expect(await events.until(/: keep-alive\n\n/)).toContain('{"live":3}\n\n: keep-alive\n\n');
  });

  it("detect a client that leaves", async () => {
    const { url, event, server } = await startServer();
    const stop = new AbortController();
    await fetch(`${url}/sse`, { signal: stop.signal });
    expect(server.clients()).toEqual({ websocket: 0, sse: 1 });
    stop.abort();
    expect(await event("client_closed")).toMatchObject({ kind: "sse", cause: "client", code: null });
    expect(server.clients()).toEqual({ websocket: 0, sse: 0 });
  });

  it("respond to HEAD with headers only", async () => {
    const { url, server } = await startServer();
    const response = await fetch(`${url}/sse`, { method: "HEAD" });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await response.text()).toBe("");
    expect(server.clients().sse).toBe(0);
  });
});
