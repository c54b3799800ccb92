import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser, needs, type TestBrowser } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bundlePage, pageReport, readmeImports, showPage, unbundledPage } from "../src/browser-page.ts";
import {
  browserPackages,
  commonJsPackages,
  consumerOutputs,
  runConsumers,
  TypeScriptVersion,
  writeConsumers,
} from "../src/consumers.ts";
import { EmptyProject } from "../src/empty-project.ts";
import { publintMessages, typeProblems } from "../src/package-checks.ts";
import { PackageRegistry } from "../src/package-registry.ts";
import { publishedPackages, readManifest, repositoryRoot } from "../src/published-packages.ts";
import { readmeSize } from "../src/readme-parts.ts";
import { tarballFiles } from "../src/tarball.ts";

// The short form of `pnpm soak tarballs`.
let registry: PackageRegistry;
let project: EmptyProject;
const libraries = Object.keys(consumerOutputs);

beforeAll(async () => {
  registry = await PackageRegistry.start();
  project = new EmptyProject(registry);
  await project.install(
    "npm",
    publishedPackages.map(({ name }) => name),
  );
});
afterAll(async () => {
  project?.remove();
  await registry?.close();
});

it("every library has a consumer", () => {
  const named = publishedPackages.filter(({ manifest }) => manifest.exports !== undefined).map(({ name }) => name);
  expect(libraries).toEqual(named);
});

describe("all tarballs together in an empty project", () => {
  it("compile with the workspace's TypeScript and run", async () => {
    writeConsumers(project, libraries);
    await new TypeScriptVersion().compile(project, libraries, "nodenext");
    await runConsumers(project, libraries);
  });

  it("provide the program utxoracle-live", async () => {
    const version = publishedPackages.find(({ name }) => name === "utxoracle-live")?.manifest.version;
    expect(await project.succeed("npx", ["--no-install", "utxoracle-live", "--version"])).toBe(`${version}\n`);
  });

  describe("in a browser", needs("chromium"), () => {
    let browser: TestBrowser;
    beforeAll(async () => {
      browser = await launchBrowser("chromium");
    });
    afterAll(() => browser?.close());

    it.each(["esbuild", "vite"] as const)("bundled by %s", async (bundler) => {
      const shown = await showPage(await bundlePage(project, bundler), browser);
      expect(shown).toEqual({ report: pageReport, faults: [] });
    });

    it("file by file without a bundler, by import map and by the READMEs' addresses of CDNs", async () => {
      expect(Object.keys(readmeImports())).toHaveLength(browserPackages.length);
      const shown = await showPage(await unbundledPage(project, registry), browser);
      expect(shown).toEqual({ report: pageReport, faults: [] });
    });
  });
});

describe("the tarballs of estimator and tx-parser in a CommonJS project", () => {
  let commonJs: EmptyProject;
  beforeAll(async () => {
    commonJs = new EmptyProject(registry, process.execPath, { name: "empty", private: true });
    await commonJs.install("npm", commonJsPackages);
    writeConsumers(commonJs, commonJsPackages);
  });
  afterAll(() => commonJs?.remove());

  it.each([
    ["5.9", "commonjs"],
    [undefined, "nodenext-commonjs"],
  ] as const)("compile with TypeScript %s (default the workspace's), %s, and run", async (version, settings) => {
    const typescript = new TypeScriptVersion(version);
    onTestFinished(() => typescript.remove());
    await typescript.compile(commonJs, commonJsPackages, settings);
    await runConsumers(commonJs, commonJsPackages, settings);
  });
});

describe.each(publishedPackages.map(({ name, folder, manifest }) => ({ name, folder, manifest })))(
  "the tarball of $name",
  ({ name, manifest }) => {
    const installed = (): string => project.path(join("node_modules", name));

    it("contains the built files only", () => {
      const packed = readManifest(installed());
      for (const file of ["README.md", "CHANGELOG.md", "LICENSE", "package.json"])
        expect(existsSync(join(installed(), file)), file).toBe(true);
      expect(existsSync(join(installed(), "src"))).toBe(false);
      expect(JSON.stringify(packed.exports ?? {})).not.toContain("src/");
      expect(Object.keys(packed.scripts ?? {}).filter((script) => script.includes("install"))).toEqual([]);
      for (const version of Object.values(packed.dependencies ?? {})) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(packed.license).toBe("MIT");
      expect(packed.version).toBe(manifest.version);
    });

    it("has types that TypeScript 5.5 reads", () => {
      // Typed arrays are generic from 5.7 on, and inferred types then say so.
      for (const [file, content] of tarballFiles(registry.tarball(name)))
        if (/\.d\.[cm]?ts$/.test(file)) expect(String(content), file).not.toMatch(/\w+Array<Array/);
    });

    it("passes publint", async () => {
      expect(await publintMessages(installed())).toEqual([]);
    });

    // A program without exports has no types.
    if (manifest.exports !== undefined)
      it("passes attw", async () => {
        expect(await typeProblems(registry.tarball(name), !commonJsPackages.includes(name))).toEqual([]);
      });

    it("is below its size limit", () => {
      const limits = JSON.parse(readFileSync(join(repositoryRoot, "release", "tarball-limits.json"), "utf8")) as Record<
        string,
        number
      >;
      expect(statSync(registry.tarball(name)).size).toBeLessThan((limits[name] ?? 0) * 1000);
    });

    it("has the README's size within 10 %", () => {
      const said = readmeSize(readFileSync(join(installed(), "README.md"), "utf8"));
      const packed = statSync(registry.tarball(name)).size / 1000;
      const files = [...tarballFiles(registry.tarball(name)).values()];
      const unpacked = files.reduce((sum, { length }) => sum + length, 0) / 1000;
      expect(Math.abs((said?.packed ?? 0) / packed - 1), `${packed} kB packed`).toBeLessThan(0.1);
      expect(Math.abs((said?.unpacked ?? 0) / unpacked - 1), `${unpacked} kB unpacked`).toBeLessThan(0.1);
    });
  },
);

it("bundles are below their limits and have the READMEs' sizes", () => {
  const program = join(repositoryRoot, "release", "node_modules", ".bin", "size-limit");
  const report = JSON.parse(
    execFileSync(program, ["--json"], { cwd: join(repositoryRoot, "release"), encoding: "utf8" }),
  ) as { name: string; passed: boolean; size: number }[];
  expect(report.length).toBeGreaterThan(3);
  for (const { name, size } of report) console.log(`${name}: ${size} bytes`);
  expect(report.filter(({ passed }) => !passed)).toEqual([]);
  for (const { name, size } of report) {
    const [, folder = "", what = ""] =
      /^@utxoracle\/([\w-]+)\S* (?:\{ )?(all of it|\w+)/.exec(name.replace(",", "")) ?? [];
    const readme = readFileSync(join(repositoryRoot, "packages", folder, "README.md"), "utf8");
    const said = new RegExp(`([\\d.]+) kB for\\s+(?:\`${what}\`|${what})`).exec(readme)?.[1];
    expect(
      Math.abs(Number(said) / (size / 1000) - 1),
      `${name}: ${size} bytes; its README says ${said} kB`,
    ).toBeLessThan(0.05);
  }
});
