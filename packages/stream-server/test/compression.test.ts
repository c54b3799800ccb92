import { once } from "node:events";
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import WebSocket from "ws";
import { closeCodes } from "../src/index.ts";
import { deflateMessage } from "../src/shared-deflate.ts";
import { startServer, TestClient } from "./test-server.ts";

const DEFLATE = { perMessageDeflate: { threshold: 0 } };
const LONG_TEXT = "a price of 113,600 dollars and a half. ".repeat(50);

/** Bytes on the wire until the client has this many messages. */
async function bytesUntil(client: TestClient, count: number): Promise<number> {
  await client.received(count);
  return (client.socket as unknown as { _socket: { bytesRead: number } })._socket.bytesRead;
}

describe("permessage-deflate", () => {
  it("sends each message compressed to clients that negotiated it, and plain to others", async () => {
    const { url, live } = await startServer();
    live.publish({ delta: "0", snapshot: () => JSON.stringify(LONG_TEXT) });
    const [compressed, plain] = [DEFLATE, { perMessageDeflate: false }].map(
      (options) => new TestClient(`${url}/ws`, options),
    ) as [TestClient, TestClient];
    await Promise.all([compressed.opened(), plain.opened()]);
    expect(compressed.socket.extensions).toBe("permessage-deflate");
    expect(plain.socket.extensions).toBe("");
    live.publish({ delta: JSON.stringify([LONG_TEXT, "Grüße ₿"]), snapshot: () => "1" });
    live.publish({ delta: "2", snapshot: () => "2" });
    const expected = [LONG_TEXT, [LONG_TEXT, "Grüße ₿"], 2];
    expect(await bytesUntil(compressed, 3)).toBeLessThan(800);
    expect(await bytesUntil(plain, 3)).toBeGreaterThan(2 * LONG_TEXT.length);
    expect(compressed.messages).toEqual(expected);
    expect(plain.messages).toEqual(expected);
  });

  it("agrees on no context between messages, for both sides", async () => {
    const { url } = await startServer();
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, DEFLATE);
    const [response] = (await once(socket, "upgrade")) as [{ headers: Record<string, string> }];
    expect(response.headers["sec-websocket-extensions"]).toBe(
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    );
    socket.terminate();
  });

  it.each([
    ["demands a smaller window of the server", { serverMaxWindowBits: 10 }, true],
    ["meets a server without compression", {}, false],
  ])("is declined, not refused, if the client %s", async (_, offer, compression) => {
    const { url, publish } = await startServer({ compression });
    publish(1);
    const client = await new TestClient(`${url}/ws`, { perMessageDeflate: offer }).opened();
    expect(await client.received(1)).toEqual([{ allLive: 1 }]);
    expect(client.socket.extensions).toBe("");
  });

  it("reads compressed requests, in fragments and many at once", async () => {
    const { url, publish } = await startServer();
    publish(1);
    const client = await new TestClient(`${url}/ws`, DEFLATE).opened();
    await client.received(1);
    client.socket.send('{"type":', { fin: false });
    client.socket.send('"ping"}', { fin: true });
    for (let count = 0; count < 10; count++) client.socket.send('{"type":"ping"}');
    expect((await client.received(12)).slice(1)).toEqual(Array(11).fill({ type: "pong" }));
  });

  it.each([
    ["expands beyond the limit", deflateRawSync(Buffer.alloc(1e7)), closeCodes.messageTooBig],
    ["is not deflated", Buffer.from("no deflate"), 1007],
  ])("closes a client whose message %s", async (_, payload, code) => {
    const { url, event } = await startServer();
    const client = await new TestClient(`${url}/ws`, DEFLATE).opened();
    const short = payload.subarray(0, 4000);
    const header = Buffer.from([0xc1, 0xfe, short.length >> 8, short.length & 255, 0, 0, 0, 0]);
    (client.socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.concat([header, short]),
    );
    expect(await client.closed).toMatchObject({ code });
    expect(await event("client_closed")).toMatchObject({ cause: "protocol_error" });
  });

  it("keeps any text", async () => {
    const { url, live } = await startServer();
    live.publish({ delta: "0", snapshot: () => "0" });
    const client = await new TestClient(`${url}/ws`, DEFLATE).opened();
    await client.received(1);
    const texts = fc.sample(fc.string({ unit: "binary", maxLength: 3000 }), 60);
    for (const text of texts) live.publish({ delta: JSON.stringify(text), snapshot: () => "0" });
    expect((await client.received(1 + texts.length)).slice(1)).toEqual(texts);
  });

  it("leaves messages that do not shrink as they are", () => {
    expect(deflateMessage(Buffer.from('{"type":"pong"}'))).toBeNull();
    expect(deflateMessage(deflateRawSync(LONG_TEXT, { level: constants.Z_BEST_COMPRESSION }))).toBeNull();
  });
});
