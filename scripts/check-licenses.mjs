// Fails if a dependency has a license that is not listed here, or if a shipped one has a license
// that is not permissive. Licenses missing from a package.json are listed with their source.
import { execFileSync } from "node:child_process";
import { pinnedPnpm, publishedNames, root } from "./workspace.mjs";

/** Permissive: require only that their text is kept. */
const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
  "Unlicense",
]);
/** Copyleft per file, or data with attribution: allowed for tools that are not shipped. */
const toolsOnly = new Set(["CC-BY-4.0", "MPL-2.0"]);
/** zeromq contains libzmq (MPL-2.0) as a separate binary, installed unchanged and not bundled. */
const shippedUnchanged = new Map([["zeromq", "MIT AND MPL-2.0"]]);
/** Licenses missing from package.json. */
const notInManifest = new Map([["spawndamnit", { license: "MIT", where: "its file LICENSE" }]]);

/** License expressions of the installed packages, from pnpm. */
function licenses(...which) {
  const [program, ...words] = pinnedPnpm();
  const text = execFileSync(program, [...words, "-r", ...which, "licenses", "list", "--json"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return Object.entries(JSON.parse(text)).flatMap(([expression, packages]) =>
    packages.map(({ name, versions }) => ({
      name,
      versions,
      expression: notInManifest.get(name)?.license ?? expression,
    })),
  );
}

/** Whether a set satisfies an SPDX expression: one alternative of `OR`, all parts of `AND`. */
function allows(expression, set) {
  return expression
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((license) => set.has(license)));
}

const all = licenses();
const shipped = licenses("--prod", ...publishedNames().flatMap((name) => ["--filter", name]));
const problems = [
  ...all.filter(({ expression }) => !allows(expression, new Set([...permissive, ...toolsOnly]))),
  ...shipped.filter(
    ({ name, expression }) => !allows(expression, permissive) && shippedUnchanged.get(name) !== expression,
  ),
];
if (all.length === 0)
  problems.push({ name: "no dependency was found", versions: [], expression: "nothing was checked" });
if (problems.length > 0) {
  for (const { name, versions, expression } of problems) console.error(`${name} ${versions.join(", ")}: ${expression}`);
  process.exit(1);
}
const counted = new Map();
for (const { expression } of all) counted.set(expression, (counted.get(expression) ?? 0) + 1);
const summary = [...counted].sort(([, one], [, other]) => other - one).map(([expression, n]) => `${n} ${expression}`);
console.log(`licenses of ${all.length} dependencies, ${shipped.length} of them shipped: ${summary.join(", ")}`);
