import { type Supervisor, supervised } from "./supervisor.ts";

/** Calls again and again, the next time when the call before has ended. An error ends the program. */
export function every(
  supervisor: Pick<Supervisor, "fail">,
  part: string,
  periodMs: number,
  act: () => Promise<void>,
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= supervised(supervisor, part, act()).finally(() => {
      running = null;
    });
  }, periodMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
