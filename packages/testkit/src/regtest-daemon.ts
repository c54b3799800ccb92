import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { installedProgram } from "./requirements.ts";

/** ZMQ topics of a regtest node. */
export type ZmqTopic = "rawtx" | "rawblock" | "hashblock" | "hashtx" | "sequence";

/** Options of a regtest node. */
export interface RegtestOptions {
  /** Published topics, each on its own port; default rawtx, rawblock, hashblock and sequence. */
  readonly topics?: readonly ZmqTopic[] | undefined;
  /** Whether all topics share one port. */
  readonly oneEndpoint?: boolean | undefined;
  /** High-water mark of every topic; default: the node's, 1,000. 0: no limit. */
  readonly highWaterMark?: number | undefined;
  /** More arguments, e.g. `-maxmempool=5`. */
  readonly extraArguments?: readonly string[] | undefined;
}

const defaultTopics: readonly ZmqTopic[] = ["rawtx", "rawblock", "hashblock", "sequence"];
const START_SECONDS = 30;

/**
 * The process of a regtest node with a new data folder and free loopback ports that stay the same
 * after restarts.
 */
export class RegtestDaemon {
  readonly dataFolder: string;
  readonly rpcPort: number;
  readonly endpoints: Readonly<Partial<Record<ZmqTopic, string>>>;
  readonly #arguments: readonly string[];
  #process: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #output = "";
  readonly #killOnExit = (): void => {
    this.#process?.kill("SIGKILL");
  };

  private constructor(dataFolder: string, rpcPort: number, options: RegtestOptions, zmqPorts: readonly number[]) {
    this.dataFolder = dataFolder;
    this.rpcPort = rpcPort;
    const topics = options.topics ?? defaultTopics;
    this.endpoints = Object.fromEntries(
      topics.map((topic, index) => [topic, `tcp://127.0.0.1:${zmqPorts[options.oneEndpoint ? 0 : index]}`]),
    );
    const { highWaterMark } = options;
    this.#arguments = [
      "-regtest",
      `-datadir=${dataFolder}`,
      "-server",
      "-listen=0",
      "-dnsseed=0",
      "-fixedseeds=0",
      "-discover=0",
      "-softwareexpiry=0",
      "-disablewallet",
      "-rpcbind=127.0.0.1",
      "-rpcallowip=127.0.0.1",
      `-rpcport=${rpcPort}`,
      "-dbcache=64",
      "-blockmaxsize=4000000",
      "-blockmaxweight=4000000",
      ...topics.map((topic) => `-zmqpub${topic}=${this.endpoints[topic]}`),
      ...(highWaterMark === undefined ? [] : topics.map((topic) => `-zmqpub${topic}hwm=${highWaterMark}`)),
      ...(options.extraArguments ?? []),
    ];
  }

  /** Starts a node and waits for its RPC server. Retries if another process takes a port first. */
  static async start(options: RegtestOptions = {}): Promise<RegtestDaemon> {
    for (let attempt = 1; ; attempt++) {
      const dataFolder = await mkdtemp(join(tmpdir(), "regtest-"));
      const [rpcPort, ...zmqPorts] = await freePorts(1 + (options.topics ?? defaultTopics).length);
      const daemon = new RegtestDaemon(dataFolder, rpcPort!, options, zmqPorts);
      try {
        await daemon.start();
        return daemon;
      } catch (error) {
        await daemon.remove();
        const portTaken = error instanceof Error && /bind|address already in use|Unable to start/i.test(error.message);
        if (!portTaken || attempt === 5) throw error;
      }
    }
  }

  get cookiePath(): string {
    return join(this.dataFolder, "regtest", ".cookie");
  }

  get running(): boolean {
    return this.#process !== null;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Starts or restarts the process and waits for its RPC server. */
  async start(): Promise<void> {
    if (this.#process !== null) throw new Error("the node is already running");
    await mkdir(this.dataFolder, { recursive: true });
    // A cookie left by a killed node would be rejected.
    await rm(this.cookiePath, { force: true });
    const child = spawn(installedProgram("bitcoind"), this.#arguments, { stdio: ["ignore", "pipe", "pipe"] });
    this.#output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-4000);
      });
    this.#process = child;
    process.on("exit", this.#killOnExit);
    this.#exited = new Promise((resolve) => {
      child.once("close", () => {
        this.#process = null;
        process.off("exit", this.#killOnExit);
        resolve();
      });
    });
    const deadline = Date.now() + START_SECONDS * 1000;
    while (!(await this.#answers())) {
      if (this.#process === null) throw new Error(`bitcoind exited at start:\n${this.#output}`);
      if (Date.now() > deadline) {
        await this.kill();
        throw new Error(`no response from bitcoind within ${START_SECONDS} s:\n${this.#output}`);
      }
      await sleep(50);
    }
  }

  /** Sends a JSON-RPC request: a call or a batch. */
  async post(body: unknown): Promise<unknown> {
    const cookie = await readFile(this.cookiePath, "utf8");
    const response = await fetch(`http://127.0.0.1:${this.rpcPort}/`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(cookie).toString("base64")}` },
      body: JSON.stringify(body),
    });
    return await response.json();
  }

  async #answers(): Promise<boolean> {
    try {
      const answer = await this.post({ id: 0, method: "getblockcount" });
      return typeof answer === "object" && answer !== null && "error" in answer && answer.error === null;
    } catch {
      // Still starting: no cookie or port yet.
      return false;
    }
  }

  /** Stops the node gracefully: mempool and chain are saved. */
  async stop(): Promise<void> {
    if (this.#process === null) return;
    await this.post({ id: 0, method: "stop" });
    await this.#exited;
  }

  /** Kills the node without saving. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#exited;
  }

  /** Kills the node and deletes its data. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.dataFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Distinct free loopback ports. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
