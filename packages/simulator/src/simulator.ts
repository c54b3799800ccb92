import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { announce } from "./announce.ts";
import { checkEndpoints, NodePublisher, type Topic, type TopicEndpoints } from "./node-publisher.ts";
import type { RpcNode } from "./rpc-methods.ts";
import { type RpcBehaviour, RpcServer } from "./rpc-server.ts";
import { Simulation, type SimulationEvent } from "./simulation.ts";
import type { SimulationOptions } from "./simulation-options.ts";
import { SimulatorError } from "./simulator-error.ts";

/** The stand-in node around the simulation. Every option has a default. */
export interface SimulatorOptions extends SimulationOptions {
  /** Unix seconds. Default: the system's clock. */
  readonly now?: () => number;
  /**
   * Whether a timer lets the simulation keep up with `now`, ten times a second. Default true; false for tests, which
   * call {@link Simulator.advanceTo}.
   */
  readonly follow?: boolean;
  /** Where each topic is published; a topic that is left out is not. Default: all four, each on a free port. */
  readonly endpoints?: TopicEndpoints;
  /** Topics with a free port (`*`) share one. Default false. */
  readonly sharedEndpoint?: boolean;
  /** Messages queued per subscriber, then dropped in silence; 0 is no limit, 1000 Bitcoin Core's own. Default 100,000. */
  readonly highWaterMark?: number;
  /** Default 0: a free port. */
  readonly rpcPort?: number;
  /** Default "simulator". Not used when there is a cookie file. */
  readonly rpcUser?: string;
  /** Default: random. Not used when there is a cookie file. */
  readonly rpcPassword?: string;
  /** A file that gets the user and a password that is new at each start, as Bitcoin Core's `.cookie`. Default: none. */
  readonly cookieFile?: string;
  /** The chain that the node says it is on. Default "main". */
  readonly chain?: string;
  /** The version that the node says it has. Default 290000. */
  readonly nodeVersion?: number;
  /** Hears everything that happens after the start, before it is published. */
  readonly onEvent?: (event: SimulationEvent) => void;
  /** Ends {@link startSimulator} while it makes up the history, which of two days takes most of a minute. */
  readonly signal?: AbortSignal;
}

const FOLLOW_INTERVAL_MS = 100;
/** After a pause of the machine the simulation catches up in steps of this length. */
const MAX_STEP_SECONDS = 20;
const HISTORY_STEP_SECONDS = 300;
const FREE_ENDPOINTS: TopicEndpoints = {
  rawtx: "tcp://127.0.0.1:*",
  rawblock: "tcp://127.0.0.1:*",
  hashblock: "tcp://127.0.0.1:*",
  sequence: "tcp://127.0.0.1:*",
};

/**
 * Makes up the history and starts the stand-in node: its ZMQ sockets and its JSON-RPC, both on loopback.
 *
 * @throws SimulatorError `bad_option` naming the option, `cannot_listen` naming the address; the reason of an aborted `signal`
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

/** A running stand-in node. Made by {@link startSimulator}. */
export class Simulator {
  readonly simulation: Simulation;
  readonly #options: SimulatorOptions;
  readonly #now: () => number;
  readonly #behaviour: RpcBehaviour;
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
    this.#behaviour = {
      user: options.rpcUser ?? "simulator",
      password: options.rpcPassword ?? randomBytes(32).toString("hex"),
      hangs: false,
      forbids: false,
      warmsUp: false,
    };
  }

  /** Where each topic is published. It stays the same when the node restarts. */
  get endpoints(): TopicEndpoints {
    return this.#wantedEndpoints;
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.#rpcPort}`;
  }

  get rpcUser(): string {
    return this.#behaviour.user;
  }

  get rpcPassword(): string {
    return this.#behaviour.password;
  }

  /** The true price at a moment, Unix seconds, in dollars per bitcoin. */
  priceAt(timestamp: number): number {
    return this.simulation.priceAt(timestamp - this.simulation.startTimestamp);
  }

  /** Faults of the RPC server to switch on and off, and its credentials. */
  get rpcBehaviour(): RpcBehaviour {
    return this.#behaviour;
  }

  /** Calls that the RPC server answered since the node's start, by method. */
  get rpcCalls(): ReadonlyMap<string, number> {
    return this.#rpc?.calls ?? new Map();
  }

  /** Lets everything happen up to a moment, Unix seconds, and publishes it. */
  async advanceTo(timestamp: number): Promise<void> {
    this.#assertRunning();
    this.simulation.advance(timestamp - this.simulation.startTimestamp, this.#announce);
    await this.#publisher?.flushed();
  }

  /** Another mean rate, up to 20,000 transactions per second; 0 for a market without any. */
  setTransactionsPerSecond(rate: number): void {
    if (!(rate >= 0 && rate <= 20_000)) {
      throw new SimulatorError("bad_option", `transactionsPerSecond must be from 0 to 20000, not ${rate}`);
    }
    this.simulation.setTransactionsPerSecond(rate);
  }

  /** Finds a block now and publishes it. */
  async mineBlock(): Promise<void> {
    this.simulation.mineBlock(this.#announce);
    await this.#publisher?.flushed();
  }

  /** Replaces the last `depth` blocks by others and publishes it. */
  async reorganise(depth: number): Promise<void> {
    this.simulation.reorganise(depth, this.#announce);
    await this.#publisher?.flushed();
  }

  /** The next `count` messages of a topic are lost; its counter goes on. */
  dropMessages(topic: Topic, count: number): void {
    this.#publisher?.dropNext(topic, count);
  }

  /** The next message of a topic carries this number. */
  setCounter(topic: Topic, counter: number): void {
    this.#publisher?.setCounter(topic, counter);
  }

  /** While on, nothing is published and no counter moves, though the connections stand and the mempool changes. */
  setSilent(silent: boolean): void {
    this.#silent = silent;
  }

  /** The node goes away: its sockets close. The world goes on without it. */
  async stopNode(): Promise<void> {
    const [publisher, rpc] = [this.#publisher, this.#rpc];
    this.#publisher = null;
    this.#rpc = null;
    await Promise.all([publisher?.close(), rpc?.close()]);
  }

  /**
   * The node comes (back) on the same addresses, its counters at 0; what its mempool held is announced once more after
   * a restart.
   */
  async startNode(): Promise<void> {
    this.#assertRunning();
    if (this.#publisher !== null) return;
    const { cookieFile, highWaterMark = 100_000, sharedEndpoint = false } = this.#options;
    const again = this.#startedBefore;
    if (cookieFile !== undefined) {
      this.#behaviour.user = "__cookie__";
      this.#behaviour.password = randomBytes(32).toString("hex");
      await writeFile(cookieFile, `__cookie__:${this.#behaviour.password}`, { mode: 0o600 });
    }
    const publisher = await NodePublisher.bind(this.#wantedEndpoints, highWaterMark, sharedEndpoint);
    try {
      this.#rpc = await RpcServer.listen(this.#rpcPort, this.#rpcNode(publisher, highWaterMark), this.#behaviour);
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

  /** Ends everything: timer, sockets, cookie file. A second call does nothing. */
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
    if (this.#stopped) throw new SimulatorError("stopped", "the simulator has been stopped: start another one");
  }
}
