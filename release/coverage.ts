// Runs the libraries' tests with coverage, including browser tests, and fails if a published
// package has less than 90 % of its branches taken: `pnpm coverage`. `--report-only FOLDER` reads
// an earlier run.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { transformSync } from "esbuild";
import { addBranches, type Branches, branchesOf, type FileCoverage, lineOf } from "./src/branch-coverage.ts";
import { pageBranches } from "./src/page-coverage.ts";
import { publishedPackages, repositoryRoot } from "./src/published-packages.ts";

const LEAST_SHARE = 0.9;
const libraries = publishedPackages.filter(({ folder }) => relative(repositoryRoot, folder).startsWith("packages/"));

function runTests(folder: string): void {
  const projects = libraries.flatMap(({ folder: path }) => ["--project", basename(path)]);
  const args = ["run", "--coverage.enabled", "--coverage.include=packages/*/src/**", "--coverage.reporter=json"];
  const { status } = spawnSync(
    join(repositoryRoot, "node_modules", ".bin", "vitest"),
    [...args, `--coverage.reportsDirectory=${join(folder, "node")}`, ...projects],
    {
      cwd: repositoryRoot,
      stdio: "inherit",
      env: { ...process.env, UTXORACLE_BROWSER_COVERAGE: join(folder, "pages") },
    },
  );
  if (status !== 0) throw new Error("the tests failed");
}

/** Whether a file contains more than types and re-exports. */
const hasCode = (path: string): boolean => {
  const { code } = transformSync(readFileSync(path, "utf8"), { loader: "ts" });
  return code.replaceAll(/^(?:import|export) \{[^}]*\}(?: from "[^"]*")?;$/gm, "").trim() !== "";
};
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));

const given = process.argv.indexOf("--report-only");
const folder = given === -1 ? mkdtempSync(join(tmpdir(), "utxoracle-coverage-")) : (process.argv[given + 1] as string);
try {
  if (given === -1) {
    mkdirSync(join(folder, "pages"));
    runTests(folder);
  }
  const report = JSON.parse(readFileSync(join(folder, "node", "coverage-final.json"), "utf8")) as Record<
    string,
    FileCoverage
  >;
  const pages = existsSync(join(folder, "pages"))
    ? await pageBranches(join(folder, "pages"))
    : new Map<string, Branches>();
  let failed = false;
  for (const { name, folder: path } of libraries) {
    let taken = 0;
    let all = 0;
    for (const file of filesBelow(join(path, "src")).sort()) {
      const inNode = report[file];
      const inPages = basename(path) === "viz" ? pages.get(basename(file)) : undefined;
      if (inNode === undefined && inPages === undefined && hasCode(file)) {
        console.error(`${relative(repositoryRoot, file)}: not covered by any test`);
        failed = true;
      }
      const branches: Branches = inNode === undefined ? new Map() : branchesOf(inNode);
      if (inPages !== undefined) addBranches(branches, inPages);
      const open = [...branches].filter(([, times]) => times === 0).map(([branch]) => lineOf(branch));
      all += branches.size;
      taken += branches.size - open.length;
      if (open.length > 0) {
        const lines = [...new Set(open)].sort((one, other) => one - other);
        console.log(
          `  ${relative(repositoryRoot, file)}: ${open.length} of ${branches.size} not taken, lines ${lines.join(", ")}`,
        );
      }
    }
    const share = taken / all;
    if (!(share >= LEAST_SHARE)) failed = true;
    console.log(`${name}: ${taken} of ${all} branches, ${(100 * share).toFixed(1)} %`);
  }
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: repositoryRoot,
    encoding: "utf8",
  }).trim();
  console.log(`${failed ? "not enough" : "enough"}: ${100 * LEAST_SHARE} % of each are asked (${commit})`);
  process.exitCode = failed ? 1 : 0;
} finally {
  if (given === -1) rmSync(folder, { recursive: true, force: true });
}
