// Checks the StartOS package with its SDK's types and linter, in a copy:
// `pnpm soak startos-package`. Installs the SDK from npm, which has no place in the workspace.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "startos-package-"));
try {
  const source = join(import.meta.dirname, "../start9");
  cpSync(source, folder, { recursive: true, filter: (path) => basename(path) !== "node_modules" });
  for (const words of [
    ["install", "--ignore-scripts", "--no-audit", "--no-fund"],
    ["run", "check"],
  ]) {
    const { status } = spawnSync("npm", words, { cwd: folder, stdio: "inherit" });
    if (status !== 0) throw new Error(`npm ${words.join(" ")} exited with ${status}`);
  }
  console.log("the StartOS package passes its SDK's types and linter");
} finally {
  rmSync(folder, { recursive: true });
}
