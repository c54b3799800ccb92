import { expect, it } from "vitest";
import { createStreamServer, StreamServer } from "../src/index.ts";

const server = createStreamServer({});
const topic = server.channel({ webSocketPath: "/ws" }).topic("score");

it.each<[string, () => unknown, RegExp]>([
  ["createStreamServer(null)", () => createStreamServer(null as never), /^options: must be an object, not null/],
  ["new StreamServer()", () => new StreamServer(undefined as never), /^options: must be an object, not undefined/],
  ["publish()", () => topic.publish(undefined as never), /^publication: must be \{ delta, snapshot \}, not undefined/],
  ["publish({ a: 1 })", () => topic.publish({ a: 1 } as never), /^delta: must be text or a Uint8Array, not undefined/],
  [
    "publish without snapshot",
    () => topic.publish({ delta: "{}" } as never),
    /^snapshot: must be a function .*, not undefined/,
  ],
])("%s names the wrong argument", (_, call, message) => {
  expect(call).toThrow(expect.objectContaining({ code: "invalid_option", message: expect.stringMatching(message) }));
});
