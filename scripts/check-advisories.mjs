// Asks the registry for security advisories against the locked dependencies and fails on each that is not explained below.
// A registry that has no advisories to give (a mirror) is said so in plain words: then nothing was checked, which is an error
// with UTXORACLE_ADVISORIES=required, as the workflow on GitHub has it. Arguments go to `pnpm audit`, e.g. `--registry URL`.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

/** Advisories that do not touch this project: their id on GitHub, and why. */
const explained = new Map([]);

const pin = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;
const { stdout, stderr } = spawnSync("npx", ["-y", pin, "audit", "--json", ...process.argv.slice(2)], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 1 << 26,
});
if (stderr.includes("ERR_PNPM_AUDIT_BAD_RESPONSE")) {
  const answer = stderr.match(/responded with (\d+)/)?.[1] ?? "something else";
  console.log(`advisories: NOT CHECKED, this registry gives none (it answered with ${answer})`);
  process.exit(process.env.UTXORACLE_ADVISORIES === "required" ? 1 : 0);
}
if (!stdout.trim().startsWith("{")) {
  console.error(`pnpm audit gave no report:\n${stdout}${stderr}`);
  process.exit(1);
}
const { advisories, metadata } = JSON.parse(stdout);
const open = Object.values(advisories).filter(({ github_advisory_id: id }) => !explained.has(id));
for (const { module_name: name, github_advisory_id: id, severity, title, findings } of open)
  console.error(`${name}: ${severity}, ${title} (${id}), by ${findings.flatMap(({ paths }) => paths).join(", ")}`);
if (open.length > 0) process.exit(1);
console.log(`advisories: none against ${metadata.totalDependencies} dependencies, ${explained.size} explained`);
