// Publishes each package whose version is not in the registry yet. pnpm packs, because it replaces
// `workspace:` and `catalog:` versions and applies `publishConfig`. npm publishes, because it signs
// provenance and supports trusted publishers. Arguments go to `npm publish`, e.g. `--dry-run`.
//
// `--pack FOLDER` publishes nothing: it writes the tarballs, their order (`name@version tarball`)
// and their checksums, for a job that publishes without installing anything.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishedManifests, repositoryProblems } from "./repository-fields.mjs";
import { pinnedPnpm, root } from "./workspace.mjs";

/** On GitHub: the page of the repository. */
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
const packages = publishedManifests();
if (server !== undefined && repository !== undefined) {
  const problems = repositoryProblems(packages, `${server}/${repository}`);
  if (problems.length > 0) {
    for (const problem of problems) console.error(problem);
    console.error("npm would reject the provenance of these packages; see docs/releasing.md");
    process.exit(1);
  }
}

const [pnpm, ...words] = pinnedPnpm();
const registry = execFileSync("npm", ["config", "get", "registry"], { cwd: tmpdir(), encoding: "utf8" }).trim();

/** @throws Error if the registry does not respond */
async function isPublished(name, version) {
  const response = await fetch(new URL(name.replace("/", "%2f"), registry));
  if (response.status === 404) return false;
  if (!response.ok) throw new Error(`${registry} responded with status ${response.status} for ${name}`);
  return (await response.json()).versions?.[version] !== undefined;
}

// Dependencies first, so that an installation in between works.
const dependencyCount = ({ manifest }) =>
  Object.values(manifest.dependencies ?? {}).filter((range) => range.startsWith("workspace:")).length;
const missing = [];
for (const { manifest } of packages.sort((one, other) => dependencyCount(one) - dependencyCount(other))) {
  const { name, version } = manifest;
  if (await isPublished(name, version)) console.log(`${name}@${version} is published already`);
  else missing.push({ name, version });
}

const [mode, target] = process.argv.slice(2);
const packsOnly = mode === "--pack";
if (packsOnly && target === undefined) {
  console.error("--pack needs a folder");
  process.exit(2);
}
const folder = packsOnly ? target : mkdtempSync(join(tmpdir(), "utxoracle-publish-"));
mkdirSync(folder, { recursive: true });
try {
  const order = [];
  for (const { name, version } of missing) {
    execFileSync(pnpm, [...words, "--filter", name, "pack", "--pack-destination", folder], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const tarball = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
    if (!readdirSync(folder).includes(tarball)) throw new Error(`${name} was not packed as ${tarball}`);
    order.push({ name: `${name}@${version}`, tarball });
    if (packsOnly) continue;
    const { status } = spawnSync("npm", ["publish", join(folder, tarball), ...process.argv.slice(2)], {
      cwd: folder,
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`${name}@${version} was not published`);
  }
  if (packsOnly) {
    const sum = (tarball) =>
      createHash("sha256")
        .update(readFileSync(join(folder, tarball)))
        .digest("hex");
    writeFileSync(join(folder, "order.txt"), order.map(({ name, tarball }) => `${name} ${tarball}\n`).join(""));
    writeFileSync(join(folder, "SHA256SUMS"), order.map(({ tarball }) => `${sum(tarball)}  ${tarball}\n`).join(""));
  }
} finally {
  if (!packsOnly) rmSync(folder, { recursive: true, force: true });
}
