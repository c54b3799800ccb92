import { expect, it } from "vitest";
import { createStreamServer, jsonResponse, type StreamEvent, StreamServer } from "../src/index.ts";

const server = createStreamServer({});
const channel = server.channel({ webSocketPath: "/ws" });
const topic = channel.topic("score");
const update = { delta: "{}", snapshot: () => "{}" };
const position = { epoch: "a", seq: 1 };
const ok = jsonResponse({});

it.each<[string, () => unknown, RegExp]>([
  ["an unknown option", () => createStreamServer({ prot: 8000 } as never), /^prot: unknown option; .*port/],
  ["host 5", () => createStreamServer({ host: 5 } as never), /^host: must be a string, not a number/],
  ["an empty host", () => createStreamServer({ host: "" }), /^host: must not be empty; write 0.0.0.0/],
  ["port as text", () => createStreamServer({ port: "8000" } as never), /^port: must be an integer/],
  ["an app as server", () => createStreamServer({ server: (() => {}) as never }), /^server: must be an http.Server/],
  ["server {}", () => createStreamServer({ server: {} as never }), /^server: must be an http.Server/],
  ["limits 5", () => createStreamServer({ limits: 5 as never }), /^limits: must be an object/],
  ["trustProxy as text", () => createStreamServer({ trustProxy: "no" as never }), /^trustProxy: must be a boolean/],
  ["no function", () => createStreamServer({ onEvent: 5 as never }), /^onEvent: must be a function, not a number/],
  [
    "one origin",
    () => createStreamServer({ allowedOrigins: "https://a.org" as never }),
    /^allowedOrigins: must be an arr/,
  ],
  ["a host as origin", () => createStreamServer({ allowedOrigins: ["a.org"] }), /"a.org" is not an origin/],
  ["a page as origin", () => createStreamServer({ allowedOrigins: ["https://a.org/"] }), /is not an origin/],
  ["any origin", () => createStreamServer({ allowedOrigins: ["*"] }), /is not an origin/],
  ["channel()", () => server.channel(undefined as never), /^options: must be an object, not undefined/],
  ["channel({})", () => server.channel({}), /^options: must have webSocketPath, ssePath or both/],
  ["channel(path)", () => server.channel("/ws" as never), /^options: must be an object, not a string/],
  ["a misspelled path", () => server.channel({ websocketPath: "/ws" } as never), /^websocketPath: unknown option/],
  ["a path with query", () => server.channel({ webSocketPath: "/a?b" }), /"\/a\?b": must not have a query/],
  ["topic()", () => channel.topic(undefined as never), /^name: must be text, not undefined/],
  ["an empty name", () => channel.topic(""), /^name: must not be empty/],
  ["a topic twice", () => channel.topic("score"), /^topic "score": the channel has one of this name/],
  [
    "an interval as text",
    () => channel.topic("a", { snapshotIntervalMs: "5" as never }),
    /^snapshotIntervalMs: must be/,
  ],
  ["no merge", () => channel.topic("b", { merge: 5 as never }), /^merge: must be a function/],
  ["a misspelled position", () => topic.publish({ ...update, postion: {} } as never), /^postion: unknown option/],
  ["an epoch 5", () => topic.publish({ ...update, position: { epoch: 5 as never, seq: 1 } }), /^position: must be/],
  ["deltas without a position", () => topic.publish({ ...update, deltas: ["1"] }), /^deltas: must be a list/],
  ["a delta 5", () => topic.publish({ ...update, position, deltas: [5 as never] }), /^deltas.0: must be text or/],
  [
    "3 deltas up to number 1",
    () => topic.publish({ ...update, position, deltas: ["1", "2", "3"] }),
    /^deltas: must be/,
  ],
  ["addRoute()", () => server.addRoute(undefined as never, () => ok), /^path: must be text, not undefined/],
  ["no handler", () => server.addRoute("/x", undefined as never), /^handler of \/x: must be a function/],
  [
    "a route's options",
    () => server.addRoute("/y", () => ok, { crossorigin: false } as never),
    /^crossorigin: unknown/,
  ],
  ["a bigint", () => jsonResponse({ a: 1n }), /^value: must be something that JSON has/],
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

it("refuses a second listen", async () => {
  const started = createStreamServer();
  await started.listen();
  try {
    await expect(started.listen()).rejects.toMatchObject({
      code: "listen_failed",
      message: "the server listens already",
    });
  } finally {
    await started.close();
  }
});

it("names the missing directory of a static folder", async () => {
  await expect(server.addStaticFolder(undefined as never)).rejects.toThrow("options: must be an object, not undefined");
  await expect(server.addStaticFolder({ dir: "public" } as never)).rejects.toThrow("dir: unknown option");
  await expect(server.addStaticFolder({} as never)).rejects.toThrow("directory: must be text, not undefined");
});

it.each<[unknown, string]>([
  [undefined, "the handler's response: must be { contentType, body }, not undefined"],
  ["hello", "the handler's response: must be { contentType, body }, not a string"],
  [{ a: 1 }, "the handler's response.contentType: must be text, not undefined"],
])("a handler that returns %o fails with the reason", async (answer, message) => {
  const failures: unknown[] = [];
  const onEvent = (event: StreamEvent): void => {
    if (event.type === "handler_failed") failures.push((event.error as Error).message);
  };
  const started = createStreamServer({ onEvent });
  started.addRoute("/", () => answer as never);
  const { url } = await started.listen();
  try {
    expect((await fetch(url)).status).toBe(500);
    expect(failures).toEqual([message]);
  } finally {
    await started.close();
  }
});

it.each([
  ["an object", () => ({ a: 1 })],
  ["a promise", async () => "{}"],
])("a snapshot function that returns %s is reported", async (_, snapshot) => {
  let report: (message: string) => void = () => {};
  const reported = new Promise<string>((resolve) => {
    report = resolve;
  });
  const onEvent = (event: StreamEvent): void => {
    if (event.type === "publisher_failed") report((event.error as Error).message);
  };
  const started = createStreamServer({ onEvent });
  const failing = started.channel({ ssePath: "/events" }).topic("score");
  failing.publish({ delta: "{}", snapshot: snapshot as never });
  const { url } = await started.listen();
  const client = new AbortController();
  const response = fetch(`${url}/events`, { signal: client.signal });
  try {
    expect(await reported).toBe("snapshot: must return text or a Uint8Array, not an object");
  } finally {
    client.abort();
    await response.catch(() => undefined);
    await started.close();
  }
});
