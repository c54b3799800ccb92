// Installs and builds the workspace if something changed since the last time.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const installStamp = join(root, "node_modules", ".utxoracle-installed");
const buildStamp = join(root, "node_modules", ".utxoracle-built");
const groups = ["packages", "apps"];
/** Workspace folders that are not part of the build. */
const unbuilt = ["examples", "release", "api-reference", "deploy", "docs"];

/** Exits with an error on a Node.js that is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node.js ${process.versions.node} is too old: 20.19 or newer is needed (https://nodejs.org).`);
    process.exit(1);
  }
}

/**
 * Program and first arguments of the pinned pnpm: that on the PATH if it is this version, since npx
 * takes seconds of CPU to find it.
 */
export function pinnedPnpm() {
  const pin = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;
  // Outside of the repository: there, each pnpm would start the pinned one.
  const { stdout } = spawnSync("pnpm", ["--version"], { cwd: tmpdir(), encoding: "utf8" });
  if (`pnpm@${stdout?.trim()}` === pin) return ["pnpm"];
  return [process.platform === "win32" ? "npx.cmd" : "npx", "-y", pin];
}

/** Runs the pinned pnpm and shows its output. Exits with its exit code on failure. */
export function pnpm(args, what) {
  const [program, ...words] = pinnedPnpm();
  const result = spawnSync(program, [...words, ...args], {
    cwd: root,
    // stdout is reserved for data.
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
  if (result.signal !== null && result.signal !== undefined) process.exit(130);
  if (result.error) {
    console.error(`${what} could not be started: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) {
    console.error(`${what} failed; see its output above.`);
    process.exit(result.status ?? 1);
  }
}

function workspaceFolders() {
  return groups.flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(root, group, name))
      .filter((folder) => existsSync(join(folder, "package.json"))),
  );
}

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** Folders of the published packages and apps. */
export function publishedFolders() {
  return workspaceFolders().filter((folder) => manifestOf(folder).private !== true);
}

/** Names of the published packages and apps. */
export function publishedNames() {
  return publishedFolders().map((folder) => manifestOf(folder).name);
}

function digest(files) {
  const hash = createHash("sha256").update(`${process.version} ${process.platform} ${process.arch}\n`);
  for (const file of files.sort()) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

function installDigest() {
  const files = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"].map((name) => join(root, name));
  const folders = [...workspaceFolders(), ...unbuilt.map((name) => join(root, name))];
  return digest([...files, ...folders.map((folder) => join(folder, "package.json"))]);
}

function buildDigest() {
  const settings = [
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "tsup.config.ts",
    "vite.config.ts",
    "index.html",
  ];
  const files = ["tsconfig.base.json", "tsup.package.ts", "pnpm-lock.yaml"].map((name) => join(root, name));
  for (const folder of workspaceFolders()) {
    files.push(...settings.map((name) => join(folder, name)).filter((path) => existsSync(path)));
    for (const part of ["src", "public", "scripts"])
      if (existsSync(join(folder, part))) files.push(...filesBelow(join(folder, part)));
  }
  return digest(files);
}

const stamped = (stamp) => (existsSync(stamp) ? readFileSync(stamp, "utf8") : "");

/** Installs the dependencies of the lock file. */
export function ensureInstalled() {
  const wanted = installDigest();
  if (stamped(installStamp) === wanted) return;
  console.error("Installing the pinned dependencies (once; about half a minute) …");
  rmSync(installStamp, { force: true });
  pnpm(["install", "--frozen-lockfile"], "The installation");
  mkdirSync(dirname(installStamp), { recursive: true });
  writeFileSync(installStamp, wanted);
}

/** Builds all packages if a source changed. */
export function ensureBuilt() {
  const wanted = buildDigest();
  const products = ["apps/live/dist/main.js", "apps/live/dist/web/index.html"].map((path) => join(root, path));
  if (stamped(buildStamp) === wanted && products.every((path) => existsSync(path))) return;
  console.error("Building the packages and the page (after a change only) …");
  rmSync(buildStamp, { force: true });
  pnpm(["exec", "turbo", "run", "build", "--output-logs=errors-only"], "The build");
  writeFileSync(buildStamp, wanted);
}
