import { type BlockchainInfo, NodeRpcError, type NodeRpcErrorCode } from "@utxoracle/node-rpc";
import { describe, expect, it, onTestFinished } from "vitest";
import { NodeChain } from "../src/chain/node-chain.ts";
import { budgets } from "../src/config/budgets.ts";
import { createLogger } from "../src/logging/create-logger.ts";
import { SyncLoop } from "../src/sync/sync-loop.ts";
import { isBusy, isOutOfSync } from "../src/sync/sync-state.ts";
import { SimulatedWorld } from "./simulated-world.ts";

/** A loop at a node that may fail, on a clock that runs only while the loop waits. */
class LoopOnItsOwnClock {
  seconds = 0;
  /** Error of every call; null: the node answers. */
  failure: NodeRpcErrorCode | null = null;
  credentialsChange = false;
  chain = "main";
  peers = 8;
  onAsked: () => void = () => undefined;
  /** Times of the calls. */
  readonly askedAt: number[] = [];
  readonly nodeChain = new NodeChain(null);
  readonly loop: SyncLoop;
  readonly world = new SimulatedWorld({ seed: 1, windowSeconds: 600, transactionsPerSecond: 1 });
  #watch: { until: () => boolean; done: () => void } | null = null;

  constructor() {
    const { node } = this.world;
    this.loop = new SyncLoop({
      node: {
        ...node,
        getBlockchainInfo: async (): Promise<BlockchainInfo> => {
          this.askedAt.push(this.seconds);
          this.onAsked();
          if (this.failure !== null) throw new NodeRpcError(this.failure, "getblockchaininfo", "no");
          return { ...(await node.getBlockchainInfo()), chain: this.chain };
        },
        getNetworkInfo: async () => ({
          version: 290_000,
          subversion: "/Satoshi:29.0.0/",
          networkActive: true,
          localRelay: true,
          connections: this.peers,
        }),
        getZmqNotifications: async () => [],
        credentialsChanged: async () => this.credentialsChange,
      },
      window: this.world.sink,
      endpoints: {},
      nodeChain: this.nodeChain,
      windowSeconds: 600,
      blockSeconds: 600,
      now: () => this.world.now(),
      checkClock: () => undefined,
      log: createLogger({ format: "json", level: "error" }),
      metrics: { refills: { inc: () => undefined } } as never,
      onVerdict: () => undefined,
      pause: (seconds, signal) => this.#pause(seconds, signal),
    });
  }

  start(): void {
    const stop = new AbortController();
    this.loop.start(stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await this.loop.ended();
    });
  }

  /** Advances the clock until a condition holds. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((done) => {
      this.#watch = { until: holds, done };
      this.#resume?.();
    });
  }

  #resume: (() => void) | null = null;

  async #pause(seconds: number, signal: AbortSignal): Promise<void> {
    // The test clock does not advance by itself.
    while (!signal.aborted && (this.#watch === null || this.#watch.until())) {
      this.#watch?.done();
      this.#watch = null;
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    this.seconds += seconds;
    await new Promise(setImmediate);
  }
}

const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe("a node that loses its peers", () => {
  const codes = (clock: LoopOnItsOwnClock): string[] => clock.loop.state.findings.map(({ code }) => code);

  it("is detected within a minute, and its end within seconds", async () => {
    const clock = new LoopOnItsOwnClock();
    clock.start();
    await clock.until(() => clock.loop.state.filled);
    expect(codes(clock)).toEqual([]);
    clock.peers = 0;
    const lostAt = clock.seconds;
    await clock.until(() => codes(clock).length > 0);
    expect(codes(clock)).toEqual(["node_no_peers"]);
    expect(clock.seconds - lostAt).toBeLessThanOrEqual(75);
    clock.peers = 1;
    const backAt = clock.seconds;
    await clock.until(() => codes(clock).length === 0);
    expect(clock.seconds - backAt).toBeLessThanOrEqual(30);
  });
});

describe("the window is out of sync", () => {
  const block = { topic: "rawblock", rawBytes: new Uint8Array(), timestamp: 0, counter: 0 } as const;

  /**
   * A loop after its first sync, and whether it is out of sync at each of its calls from then on.
   */
  async function syncedLoop() {
    const clock = new LoopOnItsOwnClock();
    clock.start();
    expect(isOutOfSync(clock.loop.state)).toBe(true);
    await clock.until(() => !isBusy(clock.loop.state));
    expect(clock.loop.state.filled).toBe(true);
    expect(isOutOfSync(clock.loop.state)).toBe(false);
    const said: boolean[] = [];
    clock.onAsked = () => said.push(isOutOfSync(clock.loop.state));
    const next = async (): Promise<boolean[]> => {
      said.length = 0;
      said.push(isOutOfSync(clock.loop.state));
      await clock.until(() => !isBusy(clock.loop.state));
      return [...said, isOutOfSync(clock.loop.state)];
    };
    return { clock, next };
  }

  it("not because of the sync after each block", async () => {
    const { clock, next } = await syncedLoop();
    clock.loop.onMessage(block);
    clock.loop.onMessage({ topic: "sequence", label: "C", hash: "", timestamp: 0, counter: 0 } as never);
    expect(isBusy(clock.loop.state)).toBe(true);
    const said = await next();
    expect(said.length).toBeGreaterThan(3);
    expect(new Set(said)).toEqual(new Set([false]));
  });

  it("from a gap in the messages until the next sync, also with a block", async () => {
    const { clock, next } = await syncedLoop();
    clock.loop.onMessage(block);
    clock.loop.requestSync("messages_missed");
    clock.loop.onMessage(block);
    const said = await next();
    expect(said.indexOf(false)).toBeGreaterThan(2);
    expect(said.at(-1)).toBe(false);
  });

  it("when messages are missed during the sync after a block", async () => {
    const { clock, next } = await syncedLoop();
    clock.loop.onMessage(block);
    let asked = 0;
    clock.onAsked = () => {
      if (++asked === 1) clock.loop.requestSync("messages_missed");
      if (asked > 1) expect(isOutOfSync(clock.loop.state)).toBe(true);
    };
    await next();
    expect(asked).toBeGreaterThan(3);
    expect(isOutOfSync(clock.loop.state)).toBe(false);
  });

  it("until the node is available again", async () => {
    const { clock } = await syncedLoop();
    clock.failure = "unreachable";
    clock.loop.requestFullSync("reconnected");
    await clock.until(() => clock.seconds >= 60);
    expect(isOutOfSync(clock.loop.state)).toBe(true);
    clock.failure = null;
    await clock.until(() => !isBusy(clock.loop.state));
    expect(isOutOfSync(clock.loop.state)).toBe(false);
  });
});

it("remembers the latest removals during a sync, up to the budget", async () => {
  const clock = new LoopOnItsOwnClock();
  const { world } = clock;
  world.advance(100, () => true);
  const [first = "", second = ""] = world.simulation.mempool.txids();
  const removal = (hash: string): void =>
    clock.loop.onMessage({ topic: "sequence", label: "R", hash, mempoolSequence: 0, timestamp: 0, counter: 0 });
  let isSent = false;
  clock.onAsked = () => {
    if (isSent) return;
    isSent = true;
    removal(first);
    for (let number = 1; number < budgets.removedMeanwhile.count; number++)
      removal(number.toString(16).padStart(64, "0"));
    removal(second);
  };
  clock.start();
  await clock.until(() => clock.loop.state.filled);
  expect(world.window.analyzer.has(first)).toBe(true);
  expect(world.window.analyzer.has(second)).toBe(false);
});

it("ignores a node on another chain, naming both, until it is back", async () => {
  const clock = new LoopOnItsOwnClock();
  clock.start();
  await clock.until(() => !isBusy(clock.loop.state));
  expect(clock.loop.state).toMatchObject({ rejectedNode: false, chain: "main", problem: null });
  clock.chain = "signet";
  expect(clock.loop.state.chainUnverified).toBe(false);
  clock.failure = "warming_up";
  clock.loop.requestFullSync("reconnected");
  expect(clock.loop.state.chainUnverified).toBe(true);
  await clock.until(() => clock.loop.state.problem?.code === "rpc_warming_up");
  expect(clock.loop.state.chainUnverified).toBe(true);
  clock.failure = null;
  await clock.until(() => clock.loop.state.rejectedNode);
  expect(clock.loop.state).toMatchObject({
    chain: "main",
    problem: { code: "wrong_chain", message: expect.stringMatching(/from chain main to signet/) },
  });
  clock.chain = "main";
  await clock.until(() => !clock.loop.state.rejectedNode && !isBusy(clock.loop.state));
  expect(clock.loop.state).toMatchObject({ node: "live", chain: "main", problem: null });
});

it("uses the feed again when RPC fails after a possible change of chain", async () => {
  const clock = new LoopOnItsOwnClock();
  clock.start();
  await clock.until(() => !isBusy(clock.loop.state));
  clock.failure = "unauthorized";
  clock.loop.requestFullSync("reconnected");
  expect(clock.loop.state.chainUnverified).toBe(true);
  await clock.until(() => clock.loop.state.problem !== null);
  expect(clock.loop.state.chainUnverified).toBe(false);
});

it("syncs once for a block that two topics announce", async () => {
  const clock = new LoopOnItsOwnClock();
  clock.start();
  await clock.until(() => !isBusy(clock.loop.state));
  const hash = clock.loop.state.syncedBlock as string;
  const events: string[] = [];
  clock.nodeChain.subscribe(({ type }) => events.push(type));
  const asked = clock.askedAt.length;
  const announce = () =>
    clock.loop.onMessage({ topic: "sequence", label: "C", hash, timestamp: 0, counter: 0 } as never);
  clock.loop.requestSync("block");
  announce();
  await clock.until(() => !isBusy(clock.loop.state));
  announce();
  await clock.until(() => clock.loop.state.activity === "idle");
  expect(clock.askedAt.length - asked).toBe(2);
  expect(events).toEqual(["tipReached"]);
  // A disconnection requests a sync, whatever the tip is.
  clock.loop.onMessage({ topic: "sequence", label: "D", hash, timestamp: 0, counter: 0 } as never);
  expect(isBusy(clock.loop.state)).toBe(true);
});

describe("a node that is not available", () => {
  it("gets fewer calls while it refuses the password: one a minute", async () => {
    const clock = new LoopOnItsOwnClock();
    clock.failure = "unauthorized";
    clock.start();
    await clock.until(() => clock.seconds >= 600);
    expect(gaps(clock.askedAt).slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(clock.askedAt.length).toBeLessThanOrEqual(16);
    expect(clock.loop.state).toMatchObject({ filled: true, problem: { code: "rpc_unauthorized" } });
  });

  it("is called within five seconds after the cookie changes", async () => {
    const clock = new LoopOnItsOwnClock();
    clock.failure = "unauthorized";
    clock.start();
    await clock.until(() => clock.seconds >= 300);
    const changedAt = clock.seconds;
    clock.failure = null;
    clock.credentialsChange = true;
    await clock.until(() => clock.loop.state.problem === null);
    expect(clock.seconds - changedAt).toBeLessThanOrEqual(5);
  });

  it("is called every five seconds while unreachable", async () => {
    const clock = new LoopOnItsOwnClock();
    clock.failure = "forbidden";
    clock.start();
    await clock.until(() => clock.seconds >= 300);
    clock.failure = "unreachable";
    await clock.until(() => clock.loop.state.problem?.code === "rpc_unreachable");
    const goneAt = clock.askedAt.length - 1;
    await clock.until(() => clock.seconds >= 500);
    expect(gaps(clock.askedAt.slice(goneAt)).slice(0, 5)).toEqual([1, 2, 4, 5, 5]);
    const backAt = clock.seconds;
    clock.failure = null;
    await clock.until(() => clock.loop.state.problem === null);
    expect(clock.seconds - backAt).toBeLessThanOrEqual(5);
  });
});

it("throws an unexpected error instead of treating it as an outage", async () => {
  const clock = new LoopOnItsOwnClock();
  clock.onAsked = () => {
    throw new TypeError("a defect");
  };
  clock.loop.start(new AbortController().signal);
  await expect(clock.loop.ended()).rejects.toThrow("a defect");
  expect(clock.loop.state.problem).toBeNull();
});

it("throws an unexpected error of a poll too", async () => {
  const clock = new LoopOnItsOwnClock();
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  clock.loop.start(stop.signal);
  await clock.until(() => clock.loop.state.activity === "idle");
  clock.onAsked = () => {
    clock.onAsked = () => undefined;
    throw new TypeError("a defect");
  };
  await expect(Promise.race([clock.loop.ended(), clock.until(() => clock.seconds >= 600)])).rejects.toThrow("a defect");
});
