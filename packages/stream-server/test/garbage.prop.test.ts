import fc from "fast-check";
import { expect, it } from "vitest";
import { RawConnection, startServer, TestClient } from "./test-server.ts";

/** Bytes that often look like the start of a frame. */
const frameLike = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 200 }))
  .map(([first, second, rest]) => Buffer.from([first, second, ...rest]));
const garbage = fc.oneof(
  frameLike,
  fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 500, unit: "binary" }).map((text) => Buffer.from(text)),
);
const requestLike = fc
  .tuple(
    fc.constantFrom("GET", "POST", "HEAD", "OPTIONS", "get", "\0"),
    fc.oneof(fc.webPath(), fc.string({ maxLength: 50 }), fc.constant("/ws"), fc.constant("/sse")),
    fc.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/9", ""),
    fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 50 })), { maxLength: 5 }),
  )
  .map(([method, path, version, headers]) => {
    const lines = headers.map(([name, value]) => `${name}: ${value}`);
    return Buffer.from([`${method} ${path} ${version}`, "Host: a", ...lines, "", ""].join("\r\n"), "latin1");
  });

it("arbitrary bytes end the connection without effect on others", async () => {
  const { url, port, publish, server, eventsOf } = await startServer();
  publish(1);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(requestLike, garbage), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (parts, upgraded) => {
        const connection = new RawConnection(port);
        if (upgraded) await connection.upgrade();
        for (const part of parts) connection.socket.write(part);
        connection.socket.end();
        await connection.ended;
      },
    ),
    { numRuns: 300 },
  );
  expect(eventsOf("handler_failed")).toEqual([]);
  const client = new TestClient(`${url}/ws`);
  expect(await client.received(1)).toEqual([{ allLive: 1 }]);
  expect(server.clients()).toEqual({ websocket: 1, sse: 0 });
});
