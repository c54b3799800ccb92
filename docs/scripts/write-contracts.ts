import { writeFileSync } from "node:fs";
import { contractsPage } from "./contracts.ts";

writeFileSync(new URL("../contracts.md", import.meta.url), contractsPage());
