import { readFileSync, writeFileSync } from "node:fs";
import { withBudgetsTable } from "./budgets.ts";

const page = new URL("../security.md", import.meta.url);
writeFileSync(page, withBudgetsTable(readFileSync(page, "utf8")));
