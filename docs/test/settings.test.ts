import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withSettingsTables } from "../scripts/settings.ts";

it("the README of the service has the current tables of options", () => {
  const readme = readFileSync(new URL("../../apps/live/README.md", import.meta.url), "utf8");
  expect(readme, "run: pnpm docs:settings").toBe(withSettingsTables(readme));
});
