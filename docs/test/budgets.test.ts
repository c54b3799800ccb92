import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Budget, budgets } from "../../apps/live/src/config/budgets.ts";
import { withBudgetsTable } from "../scripts/budgets.ts";

describe("budgets for outside input", () => {
  it("stand in docs/security.md as in the code", () => {
    const page = readFileSync(new URL("../security.md", import.meta.url), "utf8");
    expect(page, "run: pnpm docs:budgets").toBe(withBudgetsTable(page));
  });

  it("each bound something and name a test that exists", () => {
    for (const [name, budget] of Object.entries<Budget>(budgets)) {
      expect(budget.count ?? budget.bytes, name).toBeGreaterThan(0);
      expect(existsSync(new URL(`../../${budget.test}`, import.meta.url)), budget.test).toBe(true);
    }
  });
});
