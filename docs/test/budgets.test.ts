import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Budget, budgets } from "../../apps/live/src/config/budgets.ts";
import { withBudgetsTable } from "../scripts/budgets.ts";

describe("budgets for outside input", () => {
  it("are up to date in docs/security.md", () => {
    const page = readFileSync(new URL("../security.md", import.meta.url), "utf8");
    expect(page, "run: pnpm docs:budgets").toBe(withBudgetsTable(page));
  });

  it("each have a limit and an existing test", () => {
    for (const [name, budget] of Object.entries<Budget>(budgets)) {
      expect(budget.count ?? budget.bytes, name).toBeGreaterThan(0);
      expect(existsSync(new URL(`../../${budget.test}`, import.meta.url)), budget.test).toBe(true);
    }
  });
});
