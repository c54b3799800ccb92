import { needs } from "@utxoracle/testkit";
import { describe, it } from "vitest";
import { allAttacks } from "./all-attacks.ts";
import { SHORT_ATTACK_MS } from "./attack.ts";

// Most of them wait for a limit of the program, so several run at once.
describe.concurrent("the program holds under attack", { timeout: SHORT_ATTACK_MS }, () => {
  for (const attack of allAttacks.filter(({ soakOnly }) => soakOnly !== true))
    it(attack.name, needs(...(attack.needs ?? [])), async () => {
      await attack.run("short");
    });
});
