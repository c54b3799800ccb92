import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./service-process.ts";

/** Transactions published at one rate. */
export interface PublishedLoad {
  readonly published: number;
  readonly seconds: number;
  /** Publication times, Unix milliseconds. */
  readonly times: Float64Array;
}

/** A publisher in its own process. Starts at the first subscription. */
export class Load {
  readonly endpoint: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, endpoint: string) {
    this.#child = child;
    this.#lines = lines;
    this.endpoint = endpoint;
  }

  /** @param phases e.g. `1000:30`: transactions per second, seconds. */
  static async start(seed: number, phases: readonly string[]): Promise<Load> {
    const program = fileURLToPath(new URL("./load-process.ts", import.meta.url));
    const child = spawn(
      process.execPath,
      ["--conditions=@utxoracle/source", "--import", "tsx", program, String(seed), ...phases],
      { env: cleanEnvironment(), stdio: ["ignore", "pipe", "inherit"] },
    );
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { endpoint } = JSON.parse(await nextLine(lines)) as { endpoint: string };
    return new Load(child, lines, endpoint);
  }

  /** Resolves at the end of the next phase. */
  async phase(): Promise<PublishedLoad> {
    const { published, seconds, times } = JSON.parse(await nextLine(this.#lines));
    const bytes = Buffer.from(times, "base64");
    return { published, seconds, times: new Float64Array(new Uint8Array(bytes).buffer) };
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const next = await lines.next();
  if (next.done === true) throw new Error("the publisher exited early");
  return next.value;
}
