import { expect, it, onTestFinished, vi } from "vitest";
import { streamNodeFeed } from "../src/index.ts";
import { EventLog } from "./event-log.ts";
import { bodyOf, Publisher } from "./publisher.ts";

/**
 * Number of next sockets that fail to open. Simulated, because without file descriptors the test
 * cannot run.
 */
const refusals = vi.hoisted(() => ({ left: 0 }));

vi.mock("zeromq", async (importOriginal) => {
  const zeromq = await importOriginal<typeof import("zeromq")>();
  class Subscriber extends zeromq.Subscriber {
    constructor(...options: ConstructorParameters<typeof zeromq.Subscriber>) {
      if (refusals.left-- > 0) throw Object.assign(new Error("Too many open files"), { code: "EMFILE" });
      super(...options);
    }
  }
  return { ...zeromq, Subscriber };
});

it("throws at the start if no socket can be opened, and retries later", async () => {
  const node = await Publisher.bind();
  onTestFinished(() => node.close());
  const endpoints = { rawtx: node.endpoint };
  refusals.left = 1;
  expect(() => streamNodeFeed({ endpoints })).toThrow(
    `endpoints.rawtx: cannot open ${node.endpoint}: Too many open files`,
  );

  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const log = new EventLog();
  refusals.left = 0;
  const feed = streamNodeFeed({
    ...{ endpoints, signal: controller.signal, onEvent: log.listen, maxMessageBytes: 1000 },
    sleep: () => new Promise(setImmediate),
  });
  await node.subscribed();
  refusals.left = 2;
  const failed = log.next("connect_failed");
  // An oversized message ends the connection and requires a new socket.
  await node.publish("rawtx", bodyOf(0, 2000));
  expect(await failed).toMatchObject({ problem: "no_socket", message: expect.stringContaining("ulimit -n") });
  await node.subscribed();
  await node.publish("rawtx", bodyOf(1));
  expect((await feed.next()).value).toMatchObject({ counter: 1 });
});
