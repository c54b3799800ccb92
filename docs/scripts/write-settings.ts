import { readFileSync, writeFileSync } from "node:fs";
import { withSettingsTables } from "./settings.ts";

const readme = new URL("../../apps/live/README.md", import.meta.url);
writeFileSync(readme, withSettingsTables(readFileSync(readme, "utf8")));
