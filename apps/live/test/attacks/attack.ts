import type { Requirement } from "@utxoracle/testkit";
import type { ServiceProcess } from "../e2e/service-process.ts";
import type { AttackReport } from "./under-attack.ts";

/** `full`: soak run. `short`: a few seconds, for every test run. */
export type AttackSize = "full" | "short";

/** Time of a short attack, ms. */
export const SHORT_ATTACK_MS = 300_000;

/**
 * Maximum wait for an effect, ms. A short attack runs beside other tests and waits as long as its
 * test may.
 */
export const waitMs = (size: AttackSize, fullMs: number): number => (size === "full" ? fullMs : SHORT_ATTACK_MS);

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
  /**
   * Whether it runs only at full size, in the soak: a fast test of a library holds it in every run.
   */
  readonly soakOnly?: true;
  /**
   * The attack alone, on a service that runs. Short attacks with it share one service, one after
   * another.
   */
  attackPort?(service: ServiceProcess, size: AttackSize): Promise<void>;
  /** @throws {Error} if the program failed. */
  run(size: AttackSize): Promise<AttackReport>;
}
