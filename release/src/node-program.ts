import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";

const known = new Map<number, string>();

/** Path of a Node.js of this major version: the running one, or one from the registry. */
export function nodeProgram(major: number): string {
  if (Number.parseInt(process.versions.node, 10) === major) return process.execPath;
  const found =
    known.get(major) ??
    execFileSync("npx", ["-y", "-p", `node@${major}`, "node", "-p", "process.execPath"], {
      cwd: tmpdir(),
      encoding: "utf8",
    }).trim();
  known.set(major, found);
  return found;
}
