import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./service-process.ts";

/** Counts of the stand-in node. */
export interface StandInCounts {
  /** Distinct transactions, including confirmed ones and coinbases. */
  readonly transactions: number;
  /** Transactions in its mempool. */
  readonly mempool: number;
}

/** A stand-in node with RPC and all topics, in its own process. */
export class StandIn {
  /** Flags that connect the program to it. */
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly atStart: StandInCounts;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, hello: Hello) {
    this.#child = child;
    this.#lines = lines;
    this.atStart = hello;
    const { rawtx, rawblock, sequence } = hello.endpoints;
    this.flags = [
      ...["--zmq-rawtx", rawtx, "--zmq-rawblock", rawblock, "--zmq-sequence", sequence],
      ...["--rpc-url", hello.rpcUrl, "--rpc-user", hello.rpcUser],
    ];
    this.env = { UTXORACLE_RPC_PASSWORD: hello.rpcPassword };
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
    return new StandIn(child, lines, JSON.parse(await nextLine(lines)) as Hello);
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

interface Hello extends StandInCounts {
  readonly endpoints: { readonly rawtx: string; readonly rawblock: string; readonly sequence: string };
  readonly rpcUrl: string;
  readonly rpcUser: string;
  readonly rpcPassword: string;
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const next = await lines.next();
  if (next.done === true) throw new Error("the stand-in node exited early");
  return next.value;
}
