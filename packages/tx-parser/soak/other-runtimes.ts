// `pnpm soak tx-parser-runtimes`: runs the README's examples from the packed tarball in Deno and
// Bun. Installs both from npm (about 200 MB) into a temporary folder, without install scripts.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PackedProject } from "../test/packed-project.ts";
import { consoleExamples, linesIn, writeExamples } from "../test/readme-inputs.ts";

const runtimes = [
  { name: "deno", version: "2.9.6", program: /^@deno\/[^/]+\/deno$/, options: ["run", "--allow-read", "--allow-env"] },
  { name: "bun", version: "1.4.5", program: /^@oven\/bun-[^/]+\/bin\/bun$/, options: ["run"] },
];

const tools = mkdtempSync(join(tmpdir(), "tx-parser-runtimes-"));
const project = new PackedProject();
try {
  const names = runtimes.map(({ name, version }) => `${name}@${version}`);
  execFileSync("npm", ["install", "--prefix", tools, "--ignore-scripts", "--no-audit", "--no-fund", ...names], {
    stdio: "inherit",
  });
  writeExamples(project);
  project.write("engine.js", 'import { hashEngine } from "@utxoracle/tx-parser"; console.log(hashEngine());');
  for (const { name, version, program, options } of runtimes) {
    const files = readdirSync(join(tools, "node_modules"), { recursive: true, encoding: "utf8" });
    const found = files.find((file) => program.test(file));
    if (found === undefined)
      throw new Error(`${name} ${version} has no program for ${process.platform} ${process.arch}`);
    const path = join(tools, "node_modules", found);
    chmodSync(path, 0o755);
    for (const { title, file, expected } of consoleExamples) {
      const printed = await project.run(path, [...options, file], linesIn);
      assert.deepEqual(printed.trim().split("\n"), expected, `${name}: ${title}`);
    }
    const engine = (await project.run(path, [...options, "engine.js"])).trim();
    assert.equal(engine, "wasm-simd");
    console.log(`${name} ${version}: ${consoleExamples.length} examples passed, SHA-256:  ${engine}`);
  }
} finally {
  project.remove();
  rmSync(tools, { recursive: true, force: true });
}
