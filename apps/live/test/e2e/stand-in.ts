import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./service-process.ts";
import type { StandInAccess, StandInCounts } from "./stand-in-node.ts";

/** A stand-in node in its own process, for tests that keep this one busy. */
export class StandIn implements StandInAccess {
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly atStart: StandInCounts;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, { flags, env, atStart }: StandInAccess) {
    this.#child = child;
    this.#lines = lines;
    this.flags = flags;
    this.env = env;
    this.atStart = atStart;
  }

  /** @param waiting transactions in the mempool at the start. */
  static async start(seed: number, waiting: number): Promise<StandIn> {
    const program = fileURLToPath(new URL("./stand-in-process.ts", import.meta.url));
    const child = spawn(
      process.execPath,
      ["--conditions=@utxoracle/source", "--import", "tsx", program, String(seed), String(waiting)],
      { env: cleanEnvironment(), stdio: ["pipe", "pipe", "inherit"] },
    );
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new StandIn(child, lines, JSON.parse(await nextLine(lines)) as StandInAccess);
  }

  /** Publishes transactions at a rate, then a block. @returns the counts after it. */
  async run(transactionsPerSecond: number, seconds: number): Promise<StandInCounts> {
    this.#child.stdin?.write(`run ${transactionsPerSecond} ${seconds}\n`);
    return JSON.parse(await nextLine(this.#lines)) as StandInCounts;
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const next = await lines.next();
  if (next.done === true) throw new Error("the stand-in node exited early");
  return next.value;
}
