// Writes src/sha256-module.ts: `node --import tsx wasm/build.ts`. A test fails when the file is out
// of date.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sha256ModuleSource } from "./module-source.ts";

writeFileSync(fileURLToPath(new URL("../src/sha256-module.ts", import.meta.url)), sha256ModuleSource());
