import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { announce } from "./announce.ts";
import { checkEndpoints, NodePublisher, type Topic, type TopicEndpoints } from "./node-publisher.ts";
import type { RpcNode } from "./rpc-methods.ts";
import { type RpcBehavior, RpcServer } from "./rpc-server.ts";
import { Simulation, type SimulationEvent } from "./simulation.ts";
import type { SimulationOptions } from "./simulation-options.ts";
import { SimulatorError } from "./simulator-error.ts";

/** Options of {@link startSimulator}. All have defaults. */
export interface SimulatorOptions extends SimulationOptions {
  /** Clock, Unix seconds. Default: the system's. */
  readonly now?: () => number;
  /**
   * Whether a timer advances the simulation to `now` ten times a second. Default true. Tests use
   * false and call {@link Simulator.advanceTo}.
   */
  readonly follow?: boolean;
  /**
   * Address of each topic; omitted topics are not published. Default: all four, each on a free
   * port.
   */
  readonly endpoints?: TopicEndpoints;
  /** Whether topics with a free port (`*`) share one. Default false. */
  readonly sharedEndpoint?: boolean;
  /**
   * Messages queued per subscriber before they are dropped silently; 0: no limit, 1000: Bitcoin
   * Core's. Default 100,000.
   */
  readonly highWaterMark?: number;
  /** Default 0: a free port. */
  readonly rpcPort?: number;
  /** Default "simulator". Unused with a cookie file. */
  readonly rpcUser?: string;
  /** Default: random. Unused with a cookie file. */
  readonly rpcPassword?: string;
  /**
   * Cookie file with a new password at each start, like Bitcoin Core's `.cookie`. Default: none.
   */
  readonly cookieFile?: string;
  /** Chain reported by the node. Default "main". */
  readonly chain?: string;
  /** Version reported by the node. Default 290000. */
  readonly nodeVersion?: number;
  /** Called with each event after the start, before it is published. */
  readonly onEvent?: (event: SimulationEvent) => void;
  /**
   * Aborts {@link startSimulator} while it generates the history. Two days take most of a minute.
   */
  readonly signal?: AbortSignal;
}

const FOLLOW_INTERVAL_MS = 100;
/** Step in which the simulation catches up after a pause of the machine, seconds. */
const MAX_STEP_SECONDS = 20;
const HISTORY_STEP_SECONDS = 300;
const FREE_ENDPOINTS: TopicEndpoints = {
  rawtx: "tcp://127.0.0.1:*",
  rawblock: "tcp://127.0.0.1:*",
  hashblock: "tcp://127.0.0.1:*",
  sequence: "tcp://127.0.0.1:*",
};

/**
 * Generates the history and starts the simulated node: ZMQ sockets and JSON-RPC, both on loopback.
 *
 * @throws SimulatorError `bad_option`, `cannot_listen`; or the reason of an aborted `signal`
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const now = options.now ?? (() => Date.now() / 1000);
  checkEndpoints(options.endpoints ?? {});
  const simulation = new Simulation(options, now());
  for (let time = simulation.time; time < 0; await nextTurn()) {
    options.signal?.throwIfAborted();
    time = Math.min(0, time + HISTORY_STEP_SECONDS);
    simulation.advance(time, () => {});
  }
  const simulator = new Simulator(simulation, options, now);
  await simulator.startNode();
  return simulator;
}

/** A running simulated node. Created by {@link startSimulator}. */
export class Simulator {
  readonly simulation: Simulation;
  readonly #options: SimulatorOptions;
  readonly #now: () => number;
  readonly #behavior: RpcBehavior;
  #wantedEndpoints: TopicEndpoints;
  #rpcPort: number;
  #publisher: NodePublisher | null = null;
  #rpc: RpcServer | null = null;
  #timer: NodeJS.Timeout | null = null;
  #silent = false;
  #startedBefore = false;
  #stopped = false;

  constructor(simulation: Simulation, options: SimulatorOptions, now: () => number) {
    this.simulation = simulation;
    this.#options = options;
    this.#now = now;
    this.#wantedEndpoints = options.endpoints ?? FREE_ENDPOINTS;
    this.#rpcPort = options.rpcPort ?? 0;
    this.#behavior = {
      user: options.rpcUser ?? "simulator",
      password: options.rpcPassword ?? randomBytes(32).toString("hex"),
      hangs: false,
      forbids: false,
      warmsUp: false,
    };
  }

  /** Address of each topic. Stays the same after a restart. */
  get endpoints(): TopicEndpoints {
    return this.#wantedEndpoints;
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.#rpcPort}`;
  }

  get rpcUser(): string {
    return this.#behavior.user;
  }

  get rpcPassword(): string {
    return this.#behavior.password;
  }

  /** True price at a time in Unix seconds, dollars per bitcoin. */
  priceAt(timestamp: number): number {
    return this.simulation.priceAt(timestamp - this.simulation.startTimestamp);
  }

  /** Switchable faults of the RPC server, and its credentials. */
  get rpcBehavior(): RpcBehavior {
    return this.#behavior;
  }

  /** Number of RPC calls since the node's start, by method. */
  get rpcCalls(): ReadonlyMap<string, number> {
    return this.#rpc?.calls ?? new Map();
  }

  /** Runs and publishes all events up to a time in Unix seconds. */
  async advanceTo(timestamp: number): Promise<void> {
    this.#assertRunning();
    this.simulation.advance(timestamp - this.simulation.startTimestamp, this.#announce);
    await this.#publisher?.flushed();
  }

  /** Changes the mean rate, up to 20,000 transactions per second; 0 for none. */
  setTransactionsPerSecond(rate: number): void {
    if (!(rate >= 0 && rate <= 20_000)) {
      throw new SimulatorError("bad_option", `transactionsPerSecond must be from 0 to 20000, not ${rate}`);
    }
    this.simulation.setTransactionsPerSecond(rate);
  }

  /** Mines and publishes a block now. */
  async mineBlock(): Promise<void> {
    this.simulation.mineBlock(this.#announce);
    await this.#publisher?.flushed();
  }

  /** Replaces the last `depth` blocks and publishes the change. */
  async reorganize(depth: number): Promise<void> {
    this.simulation.reorganize(depth, this.#announce);
    await this.#publisher?.flushed();
  }

  /** Loses the next `count` messages of a topic; its counter advances. */
  dropMessages(topic: Topic, count: number): void {
    this.#publisher?.dropNext(topic, count);
  }

  /** Sets the counter of the next message of a topic. */
  setCounter(topic: Topic, counter: number): void {
    this.#publisher?.setCounter(topic, counter);
  }

  /**
   * While on, nothing is published and counters stop, although connections stay open and the
   * mempool changes.
   */
  setSilent(silent: boolean): void {
    this.#silent = silent;
  }

  /** Stops the node: its sockets close. The simulation continues. */
  async stopNode(): Promise<void> {
    const [publisher, rpc] = [this.#publisher, this.#rpc];
    this.#publisher = null;
    this.#rpc = null;
    await Promise.all([publisher?.close(), rpc?.close()]);
  }

  /**
   * Starts the node on the same addresses with counters at 0. After a restart, the mempool is
   * announced again.
   */
  async startNode(): Promise<void> {
    this.#assertRunning();
    if (this.#publisher !== null) return;
    const { cookieFile, highWaterMark = 100_000, sharedEndpoint = false } = this.#options;
    const again = this.#startedBefore;
    if (cookieFile !== undefined) {
      this.#behavior.user = "__cookie__";
      this.#behavior.password = randomBytes(32).toString("hex");
      await writeFile(cookieFile, `__cookie__:${this.#behavior.password}`, { mode: 0o600 });
    }
    const publisher = await NodePublisher.bind(this.#wantedEndpoints, highWaterMark, sharedEndpoint);
    try {
      this.#rpc = await RpcServer.listen(this.#rpcPort, this.#rpcNode(publisher, highWaterMark), this.#behavior);
    } catch (error) {
      await publisher.close();
      throw error;
    }
    this.#rpcPort = Number(new URL(this.#rpc.url).port);
    this.#wantedEndpoints = publisher.endpoints;
    this.#publisher = publisher;
    this.#startedBefore = true;
    if (again) this.simulation.restart(this.#announce);
    this.#follow();
  }

  /** Stops and starts the node. */
  async restart(): Promise<void> {
    await this.stopNode();
    await this.startNode();
  }

  /** Stops timer and sockets and deletes the cookie file. Later calls have no effect. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.stopNode();
    if (this.#options.cookieFile !== undefined) await rm(this.#options.cookieFile, { force: true });
  }

  readonly #announce = (event: SimulationEvent): void => {
    this.#options.onEvent?.(event);
    if (this.#publisher !== null && !this.#silent) announce(this.#publisher, event);
  };

  #rpcNode(publisher: NodePublisher, highWaterMark: number): RpcNode {
    return {
      simulation: this.simulation,
      publisher: () => publisher,
      highWaterMark,
      chain: this.#options.chain ?? "main",
      version: this.#options.nodeVersion ?? 290_000,
      subversion: "/simulation:0.0.0/",
      now: this.#now,
    };
  }

  #follow(): void {
    if (this.#options.follow === false || this.#timer !== null) return;
    const step = async (): Promise<void> => {
      const behind = this.#now() - this.simulation.startTimestamp - this.simulation.time;
      this.simulation.advance(this.simulation.time + Math.min(behind, MAX_STEP_SECONDS), this.#announce);
      await this.#publisher?.flushed();
      if (!this.#stopped) this.#timer = setTimeout(step, FOLLOW_INTERVAL_MS);
    };
    this.#timer = setTimeout(step, FOLLOW_INTERVAL_MS);
  }

  #assertRunning(): void {
    if (this.#stopped) throw new SimulatorError("stopped", "the simulator is stopped: start another one");
  }
}
