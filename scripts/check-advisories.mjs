// Fails on security advisories against the locked dependencies, except those explained below. If
// the registry has no advisories (a mirror), nothing was checked: this is reported, and is an error
// with UTXORACLE_ADVISORIES=required, as in CI on GitHub. Arguments go to `pnpm audit`, e.g.
// `--registry URL`.
import { spawnSync } from "node:child_process";
import { pinnedPnpm, root } from "./workspace.mjs";

/** Advisories that do not affect this project: their GitHub id and the reason. */
const explained = new Map([]);

const [program, ...words] = pinnedPnpm();
const { stdout, stderr } = spawnSync(program, [...words, "audit", "--json", ...process.argv.slice(2)], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 1 << 26,
});
if (stderr.includes("ERR_PNPM_AUDIT_BAD_RESPONSE")) {
  const answer = stderr.match(/responded with (\d+)/)?.[1] ?? "unknown";
  console.log(`advisories: NOT CHECKED, this registry has none (status ${answer})`);
  process.exit(process.env.UTXORACLE_ADVISORIES === "required" ? 1 : 0);
}
if (!stdout.trim().startsWith("{")) {
  console.error(`pnpm audit returned no report:\n${stdout}${stderr}`);
  process.exit(1);
}
const { advisories, metadata } = JSON.parse(stdout);
const open = Object.values(advisories).filter(({ github_advisory_id: id }) => !explained.has(id));
for (const { module_name: name, github_advisory_id: id, severity, title, findings } of open)
  console.error(`${name}: ${severity}, ${title} (${id}), by ${findings.flatMap(({ paths }) => paths).join(", ")}`);
if (open.length > 0) process.exit(1);
console.log(`advisories: none against ${metadata.totalDependencies} dependencies, ${explained.size} explained`);
