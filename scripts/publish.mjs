// Publishes each package whose version the registry does not have yet. pnpm packs, because it puts versions in the place of
// `workspace:` and `catalog:` and takes the exports of `publishConfig`; npm publishes what was packed, because it is npm that
// signs provenance and that npm's trusted publishers are made for. Arguments go to `npm publish`, e.g. `--dry-run`.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishedManifests, repositoryProblems } from "./repository-fields.mjs";
import { root } from "./workspace.mjs";

/** In a workflow on GitHub: the page of the repository that it runs for. */
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
const packages = publishedManifests();
if (server !== undefined && repository !== undefined) {
  const problems = repositoryProblems(packages, `${server}/${repository}`);
  if (problems.length > 0) {
    for (const problem of problems) console.error(problem);
    console.error("npm would refuse the provenance of these packages: see docs/releasing.md");
    process.exit(1);
  }
}

const pin = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;
const registry = execFileSync("npm", ["config", "get", "registry"], { cwd: tmpdir(), encoding: "utf8" }).trim();

/** @throws Error when the registry does not say whether it has the version */
async function isPublished(name, version) {
  const response = await fetch(new URL(name.replace("/", "%2f"), registry));
  if (response.status === 404) return false;
  if (!response.ok) throw new Error(`${registry} answered ${response.status} when it was asked for ${name}`);
  return (await response.json()).versions?.[version] !== undefined;
}

// What others depend on goes first: whoever installs in between finds all of it.
const dependencyCount = ({ manifest }) =>
  Object.values(manifest.dependencies ?? {}).filter((range) => range.startsWith("workspace:")).length;
const missing = [];
for (const { manifest } of packages.sort((one, other) => dependencyCount(one) - dependencyCount(other))) {
  const { name, version } = manifest;
  if (await isPublished(name, version)) console.log(`${name}@${version} is published already`);
  else missing.push({ name, version });
}

const folder = mkdtempSync(join(tmpdir(), "utxoracle-publish-"));
try {
  for (const { name, version } of missing) {
    execFileSync("npx", ["-y", pin, "--filter", name, "pack", "--pack-destination", folder], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const tarball = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
    if (!readdirSync(folder).includes(tarball)) throw new Error(`${name} was not packed as ${tarball}`);
    const { status } = spawnSync("npm", ["publish", join(folder, tarball), ...process.argv.slice(2)], {
      cwd: folder,
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`${name}@${version} was not published`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
