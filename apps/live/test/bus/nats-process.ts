import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, installedProgram } from "@utxoracle/testkit";

const START_ATTEMPTS = 400;
const ATTEMPT_MS = 25;

export interface NatsOptions {
  /** Configuration lines: users, TLS, limits. */
  readonly configuration?: string;
  readonly jetStream?: boolean;
  /** Maximum size of the JetStream store, e.g. `64KB`. */
  readonly maxFileStore?: string;
}

/** A real NATS server on a loopback port. Restarts keep its port and store. */
export class NatsProcess {
  readonly port: number;
  readonly #folder: string;
  readonly #configurationFile: string;
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  readonly #killOnExit = (): void => {
    this.#child?.kill("SIGKILL");
  };

  private constructor(port: number, { configuration = "", jetStream = true, maxFileStore }: NatsOptions) {
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), "nats-"));
    this.#configurationFile = join(this.#folder, "nats.conf");
    const limit = maxFileStore === undefined ? "" : `max_file_store: ${maxFileStore}`;
    const store = jetStream ? `jetstream { store_dir: ${JSON.stringify(join(this.#folder, "store"))}\n${limit} }` : "";
    writeFileSync(this.#configurationFile, `host: 127.0.0.1\nport: ${port}\n${store}\n${configuration}\n`);
  }

  static async start(options: NatsOptions = {}): Promise<NatsProcess> {
    const nats = new NatsProcess(await freePort(), options);
    await nats.run();
    return nats;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the server with its port and store, and waits until it accepts connections. */
  async run(): Promise<void> {
    const child = spawn(installedProgram("nats-server"), ["-c", this.#configurationFile], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    this.#child = child;
    process.once("exit", this.#killOnExit);
    this.#exited = new Promise((resolve) => child.once("exit", () => resolve()));
    for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
      if (child.exitCode !== null) throw new Error(`the NATS server exited:\n${log}`);
      if (await accepts(this.port)) return;
      await sleep(ATTEMPT_MS);
    }
    throw new Error(`the NATS server does not accept connections:\n${log}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    this.#child?.kill("SIGCONT");
    await this.#exited;
    this.#child = null;
    process.off("exit", this.#killOnExit);
  }

  /** Stops the server and removes its store. */
  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", () => end(true));
    socket.once("error", () => end(false));
  });
}
