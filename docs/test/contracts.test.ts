import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { contractsPage } from "../scripts/contracts.ts";

it("docs/contracts.md is up to date with routes and schemas", () => {
  const page = readFileSync(new URL("../contracts.md", import.meta.url), "utf8");
  expect(page, "run: pnpm docs:contracts").toBe(contractsPage());
});
