import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installedProgram } from "./requirements.ts";

/** The topics that a regtest node can publish. */
export type ZmqTopic = "rawtx" | "rawblock" | "hashblock" | "hashtx" | "sequence";

/** How to start a node. */
export interface RegtestOptions {
  /** Topics to publish, each on a port of its own; default rawtx, rawblock, hashblock and sequence. */
  readonly topics?: readonly ZmqTopic[] | undefined;
  /** Publish them all on one port. */
  readonly oneEndpoint?: boolean | undefined;
  /** High-water mark of every topic; default the node's own, 1,000. 0: no limit. */
  readonly highWaterMark?: number | undefined;
  /** Further arguments, as in `-maxmempool=5`. */
  readonly extraArguments?: readonly string[] | undefined;
}

const defaultTopics: readonly ZmqTopic[] = ["rawtx", "rawblock", "hashblock", "sequence"];
const START_SECONDS = 30;

/** The process of a real node on regtest: a fresh data folder, free loopback ports that stay the same over restarts. */
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

  /** Starts a node and waits until its RPC answers. Another process may take a free port first; then it is tried again. */
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

  /** Starts the process (again) and waits until its RPC answers. */
  async start(): Promise<void> {
    if (this.#process !== null) throw new Error("the node runs already");
    await mkdir(this.dataFolder, { recursive: true });
    // A cookie left over by a killed node would be refused.
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
      if (this.#process === null) throw new Error(`bitcoind ended at its start:\n${this.#output}`);
      if (Date.now() > deadline) {
        await this.kill();
        throw new Error(`bitcoind did not answer within ${START_SECONDS} s:\n${this.#output}`);
      }
      await sleep(50);
    }
  }

  /** One JSON-RPC request, as a body of one call or a batch. */
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
      // Not yet: the process is starting, its cookie or its port is still missing.
      return false;
    }
  }

  /** Stops as an operator does: mempool and chain are saved. */
  async stop(): Promise<void> {
    if (this.#process === null) return;
    await this.post({ id: 0, method: "stop" });
    await this.#exited;
  }

  /** Ends at once, without saving anything. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#exited;
  }

  /** Ends the node and deletes its data. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.dataFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Loopback ports that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
