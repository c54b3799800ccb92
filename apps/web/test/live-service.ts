import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { PriceResponse } from "@utxoracle/models";

const program = fileURLToPath(new URL("../../live/dist/main.js", import.meta.url));

/** The built service with its built-in page, as a user runs it. */
export class LiveService {
  readonly #child: ChildProcess;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    // Do not leave it running if the test run is interrupted.
    process.once("exit", this.#abandon);
  }

  readonly #abandon = (): void => {
    this.#child.kill();
  };

  /**
   * Starts the service with these arguments on `port` (0: any free port) and waits until it
   * listens.
   */
  static async start(words: readonly string[], port = 0): Promise<LiveService> {
    if (!existsSync(program)) throw new Error(`${program} is missing: build first (npm test does)`);
    const child = spawn(process.execPath, [program, ...words, "--port", String(port), "--log-format", "json"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
    const url = await new Promise<string>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the service exited with ${code} before it listened`)));
      lines.on("line", (line) => {
        const { msg, url: address } = (line.startsWith("{") ? JSON.parse(line) : {}) as { msg?: string; url?: string };
        if (msg === "listening" && address !== undefined) resolve(address);
      });
    });
    return new LiveService(child, url);
  }

  async price(): Promise<PriceResponse> {
    return (await (await fetch(`${this.url}/api/v1/price`)).json()) as PriceResponse;
  }

  /** Resolves when the window is loaded and the price is reliable. */
  async ready(): Promise<void> {
    while ((await fetch(`${this.url}/health/ready`)).status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 200));
  }

  async stop(): Promise<void> {
    process.off("exit", this.#abandon);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }
}
