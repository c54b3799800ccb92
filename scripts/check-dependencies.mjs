// Fails when a package imports a sibling that docs/architecture.md does not allow, imports something that its
// package.json does not declare, when a package that runs anywhere imports Node's modules, when the folders of a package's
// src import one another in a circle, or when a folder of apps/live imports one that comes later in the order of the data.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dependsOnNothing = new Set(["tx-parser", "estimator", "viz"]);
/** Packages that import other siblings than `models`. */
const importsSiblings = {
  "block-source": new Set(["node-rpc", "tx-parser"]),
  simulator: new Set(["tx-parser"]),
  testkit: new Set(["tx-parser"]),
};
const runsAnywhere = new Set(["models", "tx-parser", "estimator", "viz"]);
const appEdges = { live: null, web: new Set(["viz"]) };
/** What src of an app consists of, in the order in which data flows: each imports only from those before it. */
const folderOrder = {
  live: [
    "program-manifest.ts",
    "config",
    "logging",
    "process",
    "state",
    "chain",
    "ingest",
    "sync",
    "confirmed",
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

/** A way along the imports that ends where it began; null when there is none. */
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
    /** For each folder directly in src, and each file there: those that it imports. */
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
        // The apps bundle the workspace's packages, so there they are devDependencies.
        const bundled = group === "apps" && manifest.devDependencies?.[packageName] !== undefined;
        if (!declared.has(packageName) && !bundled)
          problems.push(`${where}: imports ${packageName}, which package.json does not declare`);
      }
    }
    const order = group === "apps" ? folderOrder[name] : undefined;
    if (order !== undefined) {
      for (const entry of readdirSync(source))
        if (!order.includes(entry))
          problems.push(`${relative(root, source)}/${entry}: has no place in the order of folders`);
      for (const [from, targets] of imports)
        for (const to of targets)
          if (order.indexOf(to) > order.indexOf(from))
            problems.push(`${relative(root, source)}/${from} imports ${to}, which comes later in the order of folders`);
    }
    const circle = circleIn(imports);
    if (circle !== null)
      problems.push(`${relative(root, source)}: its folders import in a circle: ${circle.join(" → ")}`);
  }
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  console.error(`${problems.length} dependency rule(s) broken`);
  process.exit(1);
}
console.log("dependency rule holds: packages import only the siblings they may, no folders import in a circle");
