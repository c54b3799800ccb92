// Tests the packed packages in empty projects: `pnpm soak tarballs`. Each package manager on each
// Node.js, each package alone and all together, each TypeScript with each resolution, CommonJS and
// Jest, each bundler's page in each browser, each example as StackBlitz starts it.
import { launchBrowser } from "@utxoracle/testkit";
import { bundlePage, pageReport, showPage } from "../src/browser-page.ts";
import {
  commonJsPackages,
  consumerOutputs,
  runConsumers,
  TypeScriptVersion,
  writeConsumers,
} from "../src/consumers.ts";
import { EmptyProject } from "../src/empty-project.ts";
import { exampleStarts, startExample } from "../src/example-start.ts";
import { runInJest } from "../src/jest-run.ts";
import { nodeProgram } from "../src/node-program.ts";
import { PackageRegistry } from "../src/package-registry.ts";
import { publishedPackages } from "../src/published-packages.ts";

const everyName = publishedPackages.map(({ name }) => name);
const libraries = Object.keys(consumerOutputs);
const typescripts = ["5.5", "5.6", "5.7", "5.8", "5.9", "6.0", "7.0"];

let passed = 0;
const failures: string[] = [];

async function check(what: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
    passed += 1;
    console.log(`ok      ${what}`);
  } catch (error) {
    failures.push(what);
    console.error(`FAILED  ${what}: ${error}`);
  }
}

const registry = await PackageRegistry.start();
const compilers = typescripts.map((version) => new TypeScriptVersion(version));
const latest = compilers.at(-1) as TypeScriptVersion;

for (const manager of ["npm", "pnpm"] as const)
  for (const major of [20, 22, 24])
    for (const names of [...everyName.map((name) => [name]), everyName]) {
      const what = `${names.length === 1 ? names[0] : "all together"}, ${manager}, Node ${major}`;
      const project = new EmptyProject(registry, nodeProgram(major));
      await check(what, async () => {
        await project.install(manager, names);
        const used = names.filter((name) => libraries.includes(name));
        if (used.length > 0) {
          writeConsumers(project, used);
          await latest.compile(project, used, "nodenext");
          await runConsumers(project, used);
        }
        if (names.includes("utxoracle-live"))
          await project.succeed("npx", ["--no-install", "utxoracle-live", "--version"]);
      });
      project.remove();
    }

for (const major of [20, 22])
  for (const example of Object.keys(exampleStarts))
    await check(`npm start in examples/${example}, Node ${major}`, () =>
      startExample(registry, example, nodeProgram(major)),
    );

const project = new EmptyProject(registry);
await project.install("npm", everyName);
writeConsumers(project, libraries);
for (const compiler of compilers)
  for (const resolution of ["nodenext", "bundler"] as const)
    await check(`TypeScript ${compiler.version}, ${resolution}`, () =>
      compiler.compile(project, libraries, resolution),
    );

const commonJs = new EmptyProject(registry, process.execPath, { name: "empty", private: true });
await commonJs.install("npm", commonJsPackages);
writeConsumers(commonJs, commonJsPackages);
for (const compiler of compilers)
  for (const settings of ["commonjs", "nodenext-commonjs"] as const)
    await check(`TypeScript ${compiler.version}, ${settings}`, async () => {
      await compiler.compile(commonJs, commonJsPackages, settings);
      await runConsumers(commonJs, commonJsPackages, settings);
    });
await check("Jest", () => runInJest(commonJs, commonJsPackages));
commonJs.remove();

for (const name of ["chromium", "firefox", "webkit"] as const) {
  const browser = await launchBrowser(name);
  for (const bundler of ["esbuild", "vite"] as const)
    await check(`a page bundled by ${bundler}, ${name}`, async () => {
      const { report, faults } = await showPage(await bundlePage(project, bundler), browser);
      if (JSON.stringify(report) !== JSON.stringify(pageReport) || faults.length > 0)
        throw new Error(JSON.stringify({ report, faults }));
    });
  await browser.close();
}

project.remove();
for (const compiler of compilers) compiler.remove();
await registry.close();
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
