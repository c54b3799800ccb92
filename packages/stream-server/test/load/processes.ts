import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Processes of a load run, which end with it. */
export class LoadProcesses {
  readonly #children: ChildProcess[] = [];

  /** Starts a file of this folder and waits until it is ready. */
  async start<Ready>(file: string, settings: object, flags: readonly string[] = []): Promise<[ChildProcess, Ready]> {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)], {
      execArgv: ["--conditions=@utxoracle/source", "--import", "tsx", ...flags],
      serialization: "advanced",
    });
    this.#children.push(child);
    return [child, await reply<Ready>(child, "ready")];
  }

  /** Waits for all to exit, then kills the rest. */
  async stop(): Promise<void> {
    for (const child of this.#children) if (child.connected) child.send({ type: "stop" });
    await Promise.all(this.#children.map(ended));
  }

  kill(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}

/** Sends a request and waits for the response of the same type. */
export function ask<Answer>(child: ChildProcess, type: string): Promise<Answer> {
  const answer = reply<Answer>(child, type);
  child.send({ type });
  return answer;
}

/** Exit code of a process, or the signal that killed it. */
export function ended(child: ChildProcess): Promise<number | string | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode);
    else child.once("exit", (code, signal) => resolve(code ?? signal));
  });
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function reply<Answer>(child: ChildProcess, type: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      if ((message as { type?: unknown }).type !== type) return;
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(message as Answer);
    };
    const onExit = (code: number | null): void => reject(new Error(`a load process ended with ${code}`));
    child.on("message", onMessage);
    child.once("exit", onExit);
  });
}
