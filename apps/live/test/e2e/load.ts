import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./service-process.ts";

/** What was published at one rate. */
export interface PublishedLoad {
  readonly published: number;
  readonly seconds: number;
  /** When each was handed to the socket, milliseconds of Unix time. */
  readonly times: Float64Array;
}

/** A publisher in a process of its own; it begins when somebody subscribes. */
export class Load {
  readonly endpoint: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, endpoint: string) {
    this.#child = child;
    this.#lines = lines;
    this.endpoint = endpoint;
  }

  /** @param phases as in `1000:30`: transactions per second, seconds. */
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
  if (next.done === true) throw new Error("the publisher ended before it was done");
  return next.value;
}
