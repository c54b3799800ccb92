import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withCodesTable } from "../scripts/health-codes.ts";

it("docs/operating.md has the current table of codes", () => {
  const page = readFileSync(new URL("../operating.md", import.meta.url), "utf8");
  expect(page, "run: pnpm docs:codes").toBe(withCodesTable(page));
});
