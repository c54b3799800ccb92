// Fails if a package imports a sibling against docs/architecture.md or a dependency that it does
// not declare, if a package for browsers imports Node.js modules, if folders of a package import
// each other in a cycle, or if a folder of apps/live imports a later one in the order of the data.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dependsOnNothing = new Set(["tx-parser", "estimator", "viz"]);
/** Packages that import other siblings than `models`. */
const importsSiblings = {
  "block-source": new Set(["node-rpc", "tx-parser"]),
  simulator: new Set(["tx-parser"]),
  testkit: new Set(),
};
const runsAnywhere = new Set(["models", "tx-parser", "estimator", "viz"]);
const appEdges = { live: null, web: new Set(["viz"]) };
/** Contents of an app's src in the order of the data. Each imports only earlier ones. */
const folderOrder = {
  live: [
    "program-manifest.ts",
    "config",
    "logging",
    "process",
    "store",
    "state",
    "chain",
    "ingest",
    "sync",
    "confirmed",
    "history",
    "track",
    "serve",
    "relay",
    "commands",
    "main.ts",
  ],
};

function* sourceFiles(directory) {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) yield* sourceFiles(path);
    else if (/\.(ts|tsx|mts)$/.test(name)) yield path;
  }
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;"]*?\sfrom\s*"([^"]+)"|(?:^|\n)\s*import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g;

/** A cycle of imports; null if there is none. */
function circleIn(imports) {
  const done = new Set();
  const walk = (place, way) => {
    if (way.includes(place)) return [...way.slice(way.indexOf(place)), place];
    if (done.has(place)) return null;
    for (const next of imports.get(place) ?? []) {
      const circle = walk(next, [...way, place]);
      if (circle !== null) return circle;
    }
    done.add(place);
    return null;
  };
  for (const place of imports.keys()) {
    const circle = walk(place, []);
    if (circle !== null) return circle;
  }
  return null;
}

const problems = [];
for (const group of ["packages", "apps"]) {
  for (const name of readdirSync(join(root, group))) {
    const directory = join(root, group, name);
    const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    const declared = new Set(
      Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies }),
    );
    const siblings =
      group === "apps"
        ? appEdges[name]
        : (importsSiblings[name] ?? (dependsOnNothing.has(name) ? new Set() : new Set(["models"])));
    if (group === "packages" && dependsOnNothing.has(name) && declared.size > 0)
      problems.push(`packages/${name}/package.json: must depend on nothing, declares ${[...declared].join(", ")}`);
    const source = join(directory, "src");
    /** Imports of each folder and file directly in src. */
    const imports = new Map();
    for (const file of sourceFiles(source)) {
      const text = readFileSync(file, "utf8");
      for (const match of text.matchAll(importPattern)) {
        const specifier = match[1] ?? match[2] ?? match[3];
        const where = relative(root, file);
        if (specifier.startsWith(".")) {
          if (
            !join(dirname(file), specifier).startsWith(`${join(directory, "src")}/`) &&
            specifier !== "../package.json"
          )
            problems.push(`${where}: ${specifier} leaves the package's own src`);
          const [from, to] = [file, join(dirname(file), specifier)].map((path) => relative(source, path).split("/")[0]);
          if (from !== to) imports.set(from, (imports.get(from) ?? new Set()).add(to));
          continue;
        }
        if (specifier.startsWith("node:")) {
          if (runsAnywhere.has(name)) problems.push(`${where}: ${specifier}: this package runs in browsers too`);
          continue;
        }
        const packageName = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
        const sibling = packageName.startsWith("@utxoracle/") ? packageName.slice("@utxoracle/".length) : null;
        if (sibling !== null && siblings !== null && !siblings.has(sibling))
          problems.push(`${where}: imports @utxoracle/${sibling}; allowed: ${[...siblings].join(", ") || "none"}`);
        // Apps bundle the workspace's packages, which are devDependencies there.
        const bundled = group === "apps" && manifest.devDependencies?.[packageName] !== undefined;
        if (!declared.has(packageName) && !bundled)
          problems.push(`${where}: imports ${packageName}, which package.json does not declare`);
      }
    }
    const order = group === "apps" ? folderOrder[name] : undefined;
    if (order !== undefined) {
      for (const entry of readdirSync(source))
        if (!order.includes(entry)) problems.push(`${relative(root, source)}/${entry}: is missing in folderOrder`);
      for (const [from, targets] of imports)
        for (const to of targets)
          if (order.indexOf(to) > order.indexOf(from))
            problems.push(`${relative(root, source)}/${from} imports ${to}, which comes later in the order of folders`);
    }
    const circle = circleIn(imports);
    if (circle !== null) problems.push(`${relative(root, source)}: cyclic imports of folders: ${circle.join(" → ")}`);
  }
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  console.error(`${problems.length} dependency rule(s) broken`);
  process.exit(1);
}
console.log("dependency rule holds: allowed imports only, no cycles");
