import { expect, it } from "vitest";
import { StreamClient } from "../src/client.ts";

const url = "ws://127.0.0.1:9/";
const right = { url, onMessage: () => {}, WebSocket: class {} as never };

it.each<[string, () => unknown, string]>([
  ["nothing", () => new StreamClient(undefined as never), "options must be an object with url and onMessage"],
  ["a URL", () => new StreamClient(url as never), "options must be an object with url and onMessage"],
  ["no onMessage", () => new StreamClient({ url } as never), "options.onMessage must be a function, got undefined"],
  [
    "a name in lower case",
    () => new StreamClient({ ...right, onevent: () => {} } as never),
    "options.onevent is unknown",
  ],
  [
    "milliseconds as text",
    () => new StreamClient({ ...right, silenceMs: "5" as never }),
    "options.silenceMs must be a",
  ],
  [
    "no milliseconds",
    () => new StreamClient({ ...right, progressMs: 0 }),
    "options.progressMs must be a number above 0",
  ],
  ["no class", () => new StreamClient({ ...right, WebSocket: 5 as never }), "options.WebSocket must be a class, got 5"],
  ["an http URL", () => new StreamClient({ ...right, url: "http://127.0.0.1/" }), "url: expected ws://"],
  [
    "seconds as text",
    () => new StreamClient(right).priceNoOlderThan("60" as never),
    "seconds must be a positive number",
  ],
  [
    "a status",
    () => new StreamClient(right).priceNoOlderThan(60, { status: ["ok"] } as never),
    "options.status is unknown",
  ],
  [
    "one status as text",
    () => new StreamClient(right).priceNoOlderThan(60, { statuses: "ok" as never }),
    "options.statuses must be a list of warming_up, ",
  ],
  [
    "a chain as source",
    () => new StreamClient(right).priceNoOlderThan(60, { sources: ["node", "main"] as never }),
    "options.sources must be a list of node, simulation, replay",
  ],
])("the stream client refuses %s by name", (_, call, message) => {
  expect(call).toThrow(message);
});
