import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sourceTableReadmes, withSourceTables } from "./source-tables.ts";

for (const path of sourceTableReadmes) {
  const readme = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  writeFileSync(readme, withSourceTables(readme));
}
