// Runs all attacks of test/attacks against the built program on loopback. Arguments: [--short]
// [--json FILE] [NAME …]. Prints peak memory, longest time without a response, and exit code.
// Exits with 1 if an attack succeeds.
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { isAvailable, remedyFor } from "@utxoracle/testkit";
import { allAttacks } from "../test/attacks/all-attacks.ts";
import type { Attack } from "../test/attacks/attack.ts";
import { NotHeldError } from "../test/attacks/under-attack.ts";

const { values, positionals: names } = parseArgs({
  options: { short: { type: "boolean", default: false }, json: { type: "string" } },
  allowPositionals: true,
});
const unknown = names.find((name) => !allAttacks.some((attack) => attack.name === name));
if (unknown !== undefined) {
  console.error(`unknown attack "${unknown}"; known: ${allAttacks.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const figure = (value: number | null, digits = 0): string => (value === null ? "–" : value.toFixed(digits));
const rows: object[] = [];
const describe = ({ name, title }: Attack) => ({ name, title, loadAverage: Math.round(loadavg()[0] ?? 0) });
const failures: string[] = [];
console.log(`${"attack".padEnd(32)} peak MiB   longest silence ms   exit`);
for (const attack of allAttacks) {
  if (names.length > 0 && !names.includes(attack.name)) continue;
  const missing = attack.needs?.find((name) => !isAvailable(name));
  if (missing !== undefined) {
    console.log(`${attack.name.padEnd(32)} skipped: ${missing} is missing (${remedyFor(missing)})`);
    continue;
  }
  try {
    const report = await attack.run(values.short ? "short" : "full");
    rows.push({ ...describe(attack), ...report, problem: null });
    console.log(
      `${attack.name.padEnd(32)} ${figure(report.peakRssMib).padStart(8)} ${figure(report.longestSilenceMs).padStart(20)} ${String(report.exitCode).padStart(6)}`,
    );
  } catch (error) {
    failures.push(attack.name);
    const problem = error instanceof Error ? error.message : String(error);
    console.log(`${attack.name.padEnd(32)} failed: ${problem}`);
    if (error instanceof NotHeldError) rows.push({ ...describe(attack), ...error.report, problem });
  }
  // Saved after each attack: a run takes a quarter of an hour and may be interrupted.
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      `${JSON.stringify({ size: values.short ? "short" : "full", cpus: cpus().length, attacks: rows }, null, 2)}\n`,
    );
}
if (failures.length > 0) {
  console.error(`failed: ${failures.join(", ")}`);
  process.exit(1);
}
