// Runs the consumers of the packages besides Node.js: `pnpm soak package-runtimes`. In Deno, in
// Bun, bundled by webpack, and on a page by Next.js. Installs them from npm (about 600 MB) into
// temporary folders, without install scripts. docs/compatibility.md lists only what passes here or
// in CI.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browserPackages, consumerName, consumerOutputs, TypeScriptVersion, writeConsumers } from "../src/consumers.ts";
import { EmptyProject } from "../src/empty-project.ts";
import { PackageRegistry } from "../src/package-registry.ts";
import { repositoryRoot } from "../src/published-packages.ts";

const runtimes = [
  { name: "deno", version: "2.9.6", program: /^@deno\/[^/]+\/deno$/, options: ["run", "--allow-all"] },
  { name: "bun", version: "1.4.5", program: /^@oven\/bun-[^/]+\/bin\/bun$/, options: ["run"] },
];

/** What a runtime cannot run, and why. Remove an entry when it passes. */
const unsupported: Readonly<Record<string, string>> = {
  "@utxoracle/stream-server, bun": "Bun's own ws has no PerMessageDeflate class",
  "@utxoracle/zmq-source, bun": "Bun lacks a libuv function that zeromq calls",
};

let failures = 0;
async function check(what: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
    console.log(`ok      ${what}`);
  } catch (error) {
    failures += 1;
    console.error(`FAILED  ${what}: ${error}`);
  }
}

const registry = await PackageRegistry.start();
const compiler = new TypeScriptVersion("7.0");
const tools = mkdtempSync(join(tmpdir(), "runtimes-"));
const libraries = Object.keys(consumerOutputs);
const project = new EmptyProject(registry);
try {
  await project.install("npm", libraries);
  writeConsumers(project, libraries);
  await compiler.compile(project, libraries, "nodenext");

  const names = runtimes.map(({ name, version }) => `${name}@${version}`);
  execFileSync("npm", ["install", "--prefix", tools, "--ignore-scripts", "--no-audit", "--no-fund", ...names], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const files = readdirSync(join(tools, "node_modules"), { recursive: true, encoding: "utf8" });
  for (const { name, version, program, options } of runtimes) {
    const found = files.find((file) => program.test(file));
    if (found === undefined) throw new Error(`${name} ${version} has no program for this machine`);
    const path = join(tools, "node_modules", found);
    chmodSync(path, 0o755);
    for (const library of libraries.filter((each) => !(`${each}, ${name}` in unsupported)))
      await check(`${library}, ${name} ${version}`, async () => {
        const printed = await project.succeed(path, [
          ...options,
          join("built-nodenext", `${consumerName(library)}.js`),
        ]);
        if (printed !== `${consumerOutputs[library]}\n`) throw new Error(`printed ${printed}`);
      });
  }

  await project.install("npm", ["webpack@5", "webpack-cli@6"]);
  for (const library of browserPackages)
    for (const target of ["web", "webworker", "node"])
      await check(`${library}, webpack 5, target ${target}`, async () => {
        const entry = `./built-nodenext/${consumerName(library)}.js`;
        const output = [
          "--output-path",
          project.path(`webpack-${target}`),
          "--output-filename",
          `${consumerName(library)}.cjs`,
        ];
        await project.succeed("npx", [
          "--no-install",
          "webpack",
          "--mode",
          "production",
          "--target",
          target,
          "--entry",
          entry,
          ...output,
        ]);
        const printed = await project.succeed("node", [join(`webpack-${target}`, `${consumerName(library)}.cjs`)]);
        if (printed !== `${consumerOutputs[library]}\n`) throw new Error(`printed ${printed}`);
      });

  await project.install("npm", ["next@16", "react@19", "react-dom@19"]);
  await check("a static page by Next.js 16, rendered on the server and in the browser", async () => {
    for (const name of ["layout.js", "page.js", "chart.js"])
      project.write(`app/${name}`, readFileSync(join(repositoryRoot, "release", "consumers", "next", name)));
    project.write("next.config.mjs", 'export default { output: "export" };');
    await project.succeed("npx", ["--no-install", "next", "build"], { env: { NEXT_TELEMETRY_DISABLED: "1" } });
    const html = readFileSync(project.path("out/index.html"), "utf8").replaceAll(/<!-- -->/g, "");
    for (const part of [/<main>[0-9a-f]{64} no_estimate function /, /\$87,300/])
      if (!part.test(html)) throw new Error(`the page lacks ${part}`);
  });
} finally {
  project.remove();
  compiler.remove();
  rmSync(tools, { recursive: true, force: true });
  await registry.close();
}
process.exit(failures > 0 ? 1 : 0);
