import { type Supervisor, supervised } from "./supervisor.ts";

/**
 * Like `setInterval`, but skips a call while the previous one is running. An error ends the
 * program.
 */
export function supervisedInterval(
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
