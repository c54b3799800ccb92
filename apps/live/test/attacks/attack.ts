import type { Requirement } from "@utxoracle/testkit";
import type { AttackReport } from "./under-attack.ts";

/** `full`: soak run. `short`: a few seconds, for every test run. */
export type AttackSize = "full" | "short";

/**
 * An attack on the built program, on loopback only, bounded in count and time. Add new ones to
 * `all-attacks.ts`.
 */
export interface Attack {
  /** Kebab-case name for the command line and the table. */
  readonly name: string;
  /** Description in one line. */
  readonly title: string;
  /** Requirements besides Node.js and npm. */
  readonly needs?: readonly Requirement[];
  /** @throws {Error} if the program failed. */
  run(size: AttackSize): Promise<AttackReport>;
}
