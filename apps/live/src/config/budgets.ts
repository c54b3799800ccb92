import { clientBudgets } from "./budgets/client-budgets.ts";
import { fileBudgets } from "./budgets/file-budgets.ts";
import { mqttBudgets } from "./budgets/mqtt-budgets.ts";
import { natsBudgets } from "./budgets/nats-budgets.ts";
import { nodeBudgets } from "./budgets/node-budgets.ts";
import { pageBudgets } from "./budgets/page-budgets.ts";

export type { Budget } from "./budgets/budget.ts";

/**
 * All bounds on external input. The program passes them to its packages. `pnpm docs:budgets` writes
 * them to docs/security.md.
 */
export const budgets = {
  ...clientBudgets,
  ...nodeBudgets,
  ...fileBudgets,
  ...natsBudgets,
  ...mqttBudgets,
  ...pageBudgets,
};
