import { beforeEach, describe, expect, it } from "vitest";
import {
  type ConfirmedUpdate,
  type MempoolTick,
  retryDelayMs,
  StreamClient,
  StreamClientError,
  type StreamClientEvent,
  type WebSocketLike,
} from "../src/client.ts";
import { ManualTime } from "./manual-time.ts";
import { confirmedUpdate, mempoolUpdate } from "./sample-messages.ts";

/** A socket whose network and server the test controls. */
class HandSocket implements WebSocketLike {
  static made: HandSocket[] = [];
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: unknown[] = [];
  closed = false;
  readonly url: string;
  constructor(url: string) {
    this.url = url;
    HandSocket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  open(): void {
    this.onopen?.({} as never);
  }
  say(message: unknown): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) } as never);
  }
  fail(code = 1006): void {
    this.onerror?.({} as never);
    this.onclose?.({ code } as never);
  }
}

let time: ManualTime;
let messages: (MempoolTick | ConfirmedUpdate)[];
let events: StreamClientEvent[];

function makeClient(random = () => 0.5): StreamClient {
  return new StreamClient({
    url: "ws://server/ws/mempool",
    onMessage: (message) => messages.push(message),
    onEvent: (event) => events.push(event),
    WebSocket: HandSocket,
    now: time.now,
    setTimer: time.setTimer,
    clearTimer: time.clearTimer,
    random,
  });
}

const last = (): HandSocket => HandSocket.made.at(-1) as HandSocket;
const seqs = (): number[] => messages.map((m) => (m.type === "mempool_update" ? m.data.seq : -1));
const snapshot = (seq: number, epoch = "a"): MempoolTick => mempoolUpdate({ seq, epoch, snapshot: true });
const delta = (seq: number, epoch = "a"): MempoolTick => mempoolUpdate({ seq, epoch });

beforeEach(() => {
  HandSocket.made = [];
  messages = [];
  events = [];
  time = new ManualTime();
});

describe("tick order", () => {
  it("passes on a snapshot and its deltas, each once", () => {
    makeClient().connect();
    last().open();
    for (const message of [snapshot(7), delta(8), delta(8), delta(7), delta(9)]) last().say(message);
    expect(seqs()).toEqual([7, 8, 9]);
  });

  it("requests a snapshot after a gap and passes on nothing until it comes", () => {
    const client = makeClient();
    client.connect();
    last().open();
    for (const message of [snapshot(7), delta(9), delta(10)]) last().say(message);
    expect(seqs()).toEqual([7]);
    expect(last().sent).toEqual([{ type: "snapshot" }]);
    for (const message of [snapshot(10), delta(11)]) last().say(message);
    expect(seqs()).toEqual([7, 10, 11]);
    expect(client.counts).toMatchObject({ applied: 3, gap: 2 });
  });

  it("repeats the request if no snapshot comes", () => {
    makeClient().connect();
    last().open();
    last().say(snapshot(1));
    last().say(delta(5));
    for (let second = 0; second < 21; second++) {
      time.pass(1000);
      last().say(delta(6 + second));
    }
    expect(last().sent.filter((m) => (m as { type: string }).type === "snapshot")).toHaveLength(3);
    expect(seqs()).toEqual([1]);
  });

  it("completes deltas with the unchanged fields, and ignores fields it does not know", () => {
    makeClient().connect();
    last().open();
    last().say(mempoolUpdate({ seq: 1, snapshot: true, status: "ok", chain: "main" }));
    const { price, confidence, stats, timestamp } = mempoolUpdate({}).data;
    const required = { price, confidence, stats, timestamp, transactions: [], snapshot: false };
    last().say({ type: "mempool_update", data: { ...required, seq: 2, status: "stale", from_the_future: [] } });
    last().say({ type: "mempool_update", data: { ...required, seq: 3, price: 1, chain: null } });
    expect(
      messages.map((message) => {
        const { status, chain } = (message as MempoolTick).data;
        return [status, chain];
      }),
    ).toEqual([
      ["ok", "main"],
      ["stale", "main"],
      ["stale", null],
    ]);
    expect(messages.at(-1)?.data).toMatchObject({ epoch: "k3v9", window_seconds: 10_800, price: 1 });
  });

  it("names its last tick when it reconnects, and continues with what it missed", () => {
    makeClient().connect();
    last().open();
    last().say(snapshot(5));
    last().say(delta(6));
    last().fail();
    time.pass(1000);
    expect(last().url).toBe("ws://server/ws/mempool?epoch=a&seq=6");
    last().open();
    last().say(mempoolUpdate({ epoch: "a", seq: 9, snapshot: false, since: 6 } as object));
    last().say(delta(10));
    expect(seqs()).toEqual([5, 6, 9, 10]);
    expect(last().sent).toEqual([]);
  });

  it("does not go back with the snapshot of a server that lags behind", () => {
    makeClient().connect();
    last().open();
    last().say(snapshot(5));
    last().fail();
    time.pass(1000);
    last().open();
    for (const message of [snapshot(3), delta(4), delta(5), delta(6)]) last().say(message);
    expect(seqs()).toEqual([5, 6]);
    last().fail();
    time.pass(1000);
    last().open();
    // A gap: what was missed is not there.
    last().say(mempoolUpdate({ epoch: "a", seq: 9, snapshot: false, since: 7 } as object));
    expect(seqs()).toEqual([5, 6]);
    expect(last().sent).toEqual([{ type: "snapshot" }]);
    last().fail();
    time.pass(1000);
    expect(last().url).toBe("ws://server/ws/mempool");
  });

  it("accepts a new epoch with a snapshot, not with a delta", () => {
    makeClient().connect();
    last().open();
    for (const message of [snapshot(100), delta(1, "b"), snapshot(2, "b"), delta(3, "b")]) last().say(message);
    expect(messages.map((m) => (m as MempoolTick).data.epoch + (m as MempoolTick).data.seq)).toEqual([
      "a100",
      "b2",
      "b3",
    ]);
  });

  it("ignores a snapshot of the last tick after a reconnect", () => {
    makeClient().connect();
    last().open();
    last().say(snapshot(5));
    last().fail();
    time.pass(1000);
    last().open();
    last().say(snapshot(5));
    last().say(delta(6));
    expect(seqs()).toEqual([5, 6]);
  });

  it("passes on every confirmed update, since they have no seq", () => {
    makeClient().connect();
    last().open();
    last().say(confirmedUpdate({}));
    expect(messages).toEqual([confirmedUpdate({})]);
  });
});

describe("invalid messages", () => {
  it("are counted by kind, reported as events, and change nothing", () => {
    const client = makeClient();
    client.connect();
    last().open();
    last().say(snapshot(1));
    for (const bad of ["", "{", "null", "[]", '{"type":5}', { type: "mempool_update", data: { price: "high" } }])
      last().say(bad);
    last().say({ type: "from_the_future", data: {} });
    last().say(delta(2));
    expect(seqs()).toEqual([1, 2]);
    expect(client.counts).toEqual({ applied: 2, malformed: 6, unknown: 1, duplicate: 0, reordered: 0, gap: 0 });
    expect(events).toContainEqual({ type: "ignored", reason: "malformed", field: "data.price" });
  });

  it("cause at most one snapshot request per silenceMs", () => {
    makeClient().connect();
    last().open();
    for (let i = 0; i < 50; i++) last().say("garbage");
    expect(last().sent).toEqual([{ type: "snapshot" }]);
  });

  it("reports the server's errors", () => {
    makeClient().connect();
    last().open();
    last().say({ type: "error", data: { code: "rate_limited", message: "too many messages" } });
    expect(events).toContainEqual({ type: "server_error", code: "rate_limited", message: "too many messages" });
  });
});

describe("the connection", () => {
  it("is retried with back-off up to a limit, reset by an applied tick", () => {
    const client = makeClient();
    client.connect();
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      last().fail();
      const event = events.at(-1);
      waits.push(event?.type === "closed" ? (event.retryInMs as number) : Number.NaN);
      time.pass(waits.at(-1) as number);
    }
    expect(waits).toEqual([375, 750, 1500, 3000, 6000, 12000, 22500, 22500, 22500, 22500, 22500, 22500]);
    expect(HandSocket.made).toHaveLength(13);
    // An open socket alone proves nothing: a server may accept and close at once.
    last().open();
    last().fail();
    expect(events.at(-1)).toMatchObject({ retryInMs: 22500 });
    time.pass(22500);
    last().open();
    last().say(snapshot(1));
    last().fail();
    expect(events.at(-1)).toMatchObject({ retryInMs: 375 });
    expect(client.state).toBe("waiting");
  });

  it("uses jitter: two clients that lost it together do not return together", () => {
    expect(retryDelayMs(0, 0)).toBe(250);
    expect(retryDelayMs(0, 0.999)).toBeCloseTo(500, 0);
    expect(retryDelayMs(10_000, 0.999, { maximumDelayMs: 4000 })).toBeLessThanOrEqual(4000);
  });

  it("is replaced if half open: no message and no pong arrives", () => {
    makeClient().connect();
    last().open();
    last().say(snapshot(1));
    const silent = last();
    time.pass(10_000);
    expect(silent.sent).toContainEqual({ type: "ping" });
    time.pass(10_000);
    expect(silent.closed).toBe(true);
    time.pass(500);
    expect(HandSocket.made).toHaveLength(2);
  });

  it("is kept for minutes while only pongs arrive", () => {
    makeClient().connect();
    last().open();
    last().say(snapshot(1));
    for (let seconds = 0; seconds < 170; seconds += 10) {
      time.pass(10_000);
      last().say({ type: "pong" });
    }
    expect(HandSocket.made).toHaveLength(1);
  });

  it("is replaced after progressMs of pongs and junk", () => {
    const client = makeClient();
    client.connect();
    last().open();
    last().say(snapshot(1));
    for (let seconds = 0; seconds < 300; seconds += 5) {
      time.pass(5_000);
      if (HandSocket.made.length === 1) last().say(seconds % 10 === 0 ? { type: "pong" } : "junk");
    }
    expect(HandSocket.made[0]?.closed).toBe(true);
    expect(HandSocket.made.length).toBeGreaterThan(1);
  });

  it("is replaced, with a long delay, after too many or too long messages", () => {
    for (const excess of [
      (socket: HandSocket) => socket.say(" ".repeat(4_000_001)),
      (socket: HandSocket) => {
        for (let i = 0; i < 1001; i++) socket.say(i % 2 === 0 ? { type: "pong" } : "junk");
      },
    ]) {
      const client = makeClient();
      client.connect();
      last().open();
      last().say(snapshot(1));
      const made = HandSocket.made.length;
      excess(last());
      expect(last().closed).toBe(true);
      time.pass(8_000);
      expect(HandSocket.made).toHaveLength(made);
      time.pass(8_000);
      expect(HandSocket.made).toHaveLength(made + 1);
      client.close();
    }
  });

  it("is replaced if it never opens", () => {
    makeClient().connect();
    time.pass(20_600);
    expect(HandSocket.made[0]?.closed).toBe(true);
    expect(HandSocket.made).toHaveLength(2);
  });

  it("stays closed after close(), without timers, despite late socket events", () => {
    const client = makeClient();
    client.connect();
    last().open();
    const socket = last();
    const handlers = { ...socket };
    client.close();
    expect(socket.closed).toBe(true);
    expect(time.pending).toBe(0);
    handlers.onmessage?.({ data: JSON.stringify(snapshot(1)) } as never);
    handlers.onclose?.({ code: 1006 } as never);
    expect(messages).toEqual([]);
    expect(client.state).toBe("closed");
    expect(time.pending).toBe(0);
  });

  it("makes no further attempt after close() between attempts", () => {
    const client = makeClient();
    client.connect();
    last().fail();
    client.close();
    time.pass(60_000);
    expect(HandSocket.made).toHaveLength(1);
  });

  it("connects at once if connect() is called between attempts", () => {
    const client = makeClient();
    client.connect();
    for (let i = 0; i < 8; i++) {
      last().fail();
      time.pass(60_000);
    }
    last().fail();
    expect(client.state).toBe("waiting");
    const made = HandSocket.made.length;
    client.connect();
    client.connect();
    expect(HandSocket.made).toHaveLength(made + 1);
    last().open();
    client.connect();
    time.pass(19_000);
    expect(HandSocket.made).toHaveLength(made + 1);
  });

  it("is retried if the browser throws on creation", () => {
    let refusals = 0;
    const client = new StreamClient({
      url: "ws://server/ws/mempool",
      onMessage: () => {},
      WebSocket: class extends HandSocket {
        constructor(url: string) {
          if (refusals++ < 2) throw new Error("SecurityError");
          super(url);
        }
      },
      now: time.now,
      setTimer: time.setTimer,
      clearTimer: time.clearTimer,
    });
    client.connect();
    time.pass(5000);
    expect(HandSocket.made).toHaveLength(1);
  });
});

describe("invalid options", () => {
  it("throw an error with the cause", () => {
    const make = (options: object) => () =>
      new StreamClient({ url: "ws://x/", onMessage: () => {}, WebSocket: HandSocket, ...options });
    expect(make({ url: "http://x/" })).toThrow(/url: expected ws:\/\/… or wss:\/\/…, found "http:\/\/x\/"/);
    const without = globalThis.WebSocket;
    Reflect.deleteProperty(globalThis, "WebSocket");
    try {
      const { WebSocket: _, ...options } = { url: "ws://x/", onMessage: () => {}, WebSocket: null };
      expect(() => new StreamClient(options)).toThrow(StreamClientError);
    } finally {
      if (without !== undefined) globalThis.WebSocket = without;
    }
  });
});
