import { beforeEach, expect, it } from "vitest";
import { StreamClient, type WebSocketLike } from "../src/client.ts";
import { ManualTime } from "./manual-time.ts";
import { mempoolUpdate } from "./sample-messages.ts";

let socket: (WebSocketLike & { onmessage: unknown; onopen: unknown }) | null = null;
const time = new ManualTime();
let client: StreamClient;

beforeEach(() => {
  client = new StreamClient({
    url: "ws://server/ws/mempool",
    onMessage: () => undefined,
    now: time.now,
    setTimer: time.setTimer,
    clearTimer: time.clearTimer,
    WebSocket: class {
      onopen = null;
      onmessage = null;
      onclose = null;
      onerror = null;
      constructor() {
        socket = this as never;
      }
      send(): void {}
      close(): void {}
    } as never,
  });
  client.connect();
});

/** The server sends a snapshot whose newest payment is 5 s old. */
function receive(data: object = {}): void {
  const message = mempoolUpdate({ seq: 1, epoch: "a", snapshot: true });
  const { timestamp } = message.data;
  const full = {
    ...message.data,
    price: 60_000,
    status: "ok",
    source: "node",
    price_timestamp: timestamp - 5,
    ...data,
  };
  const deliver = (socket as unknown as { onmessage: (event: object) => void }).onmessage;
  deliver({ data: JSON.stringify({ ...message, data: full }) });
}

it("has no price before the first update", () => {
  expect(client.priceNoOlderThan(60)).toBeNull();
});

it("returns an ok price until it is too old, also when no update comes any more", () => {
  receive();
  expect(client.priceNoOlderThan(10)).toBe(60_000);
  time.pass(4000);
  expect(client.priceNoOlderThan(10)).toBe(60_000);
  time.pass(2000);
  expect(client.priceNoOlderThan(10)).toBeNull();
  expect(client.priceNoOlderThan(60)).toBe(60_000);
});

it.each([
  ["a stale price", { status: "stale" }],
  ["a price of low confidence", { status: "low_confidence" }],
  ["the price of a simulation", { source: "simulation" }],
  ["a price without a time", { price_timestamp: null }],
  ["an update without a price", { price: null, status: "no_estimate" }],
])("refuses %s", (_, data) => {
  receive(data);
  expect(client.priceNoOlderThan(3600)).toBeNull();
});

it("accepts other statuses and sources when asked to", () => {
  receive({ status: "low_confidence", source: "simulation" });
  const options = { statuses: ["ok", "low_confidence"], sources: ["simulation"] } as const;
  expect(client.priceNoOlderThan(60, options)).toBe(60_000);
});

it.each([0, -1, Number.NaN])("rejects %d seconds", (seconds) => {
  expect(() => client.priceNoOlderThan(seconds)).toThrow(RangeError);
});
