import { describe, it } from "vitest";
import { allAttacks } from "./all-attacks.ts";

describe("the program holds under attack", () => {
  for (const attack of allAttacks)
    it(attack.name, async () => {
      await attack.run("short");
    });
});
