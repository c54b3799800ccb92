import { readFileSync, writeFileSync } from "node:fs";
import { withCodesTable } from "./health-codes.ts";

const page = new URL("../operating.md", import.meta.url);
writeFileSync(page, withCodesTable(readFileSync(page, "utf8")));
