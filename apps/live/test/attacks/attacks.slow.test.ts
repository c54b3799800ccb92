import { needs } from "@utxoracle/testkit";
import { describe, it } from "vitest";
import { allAttacks } from "./all-attacks.ts";

// Most of them wait for a limit of the program, so several run at once.
describe.concurrent("the program holds under attack", { timeout: 300_000 }, () => {
  for (const attack of allAttacks)
    it(attack.name, needs(...(attack.needs ?? [])), async () => {
      await attack.run("short");
    });
});
