import type { Requirement } from "@utxoracle/testkit";
import type { AttackReport } from "./under-attack.ts";

/** `full` is what the soak run does; `short` is the same in a few seconds, for every run of the tests. */
export type AttackSize = "full" | "short";

/**
 * An attack on the built program. It uses loopback only, is bounded in count and time, and ends by itself. List it in
 * `all-attacks.ts`.
 */
export interface Attack {
  /** Kebab-case name for the command line and the table. */
  readonly name: string;
  /** What is done to the program, in one line. */
  readonly title: string;
  /** What it needs besides Node.js and npm. */
  readonly needs?: readonly Requirement[];
  /** @throws Error when the program did not hold. */
  run(size: AttackSize): Promise<AttackReport>;
}
