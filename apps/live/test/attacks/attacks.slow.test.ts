import { needs } from "@utxoracle/testkit";
import { describe, it } from "vitest";
import { allAttacks } from "./all-attacks.ts";
import { SHORT_ATTACK_MS } from "./attack.ts";
import { attackPortByAll } from "./under-attack.ts";

const attacks = allAttacks.filter(({ soakOnly }) => soakOnly !== true);
const atPort = attacks.filter(({ attackPort }) => attackPort !== undefined);

// Most of them wait for a limit of the program, so several run at once.
describe.concurrent("the program holds under attack", { timeout: SHORT_ATTACK_MS }, () => {
  it(atPort.map(({ name }) => name).join(", "), () => attackPortByAll(atPort));

  for (const attack of attacks.filter((each) => !atPort.includes(each)))
    it(attack.name, needs(...(attack.needs ?? [])), async () => {
      await attack.run("short");
    });
});
