// Fails when a dependency, of whatever kind, has a licence that is not in the list, and when one that is shipped to users
// has one that is not permissive. What a package does not say itself is written down here, with where it is said.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publishedNames, root } from "./workspace.mjs";

/** Permissive: they ask for their text to be kept, and nothing else. */
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
/** Copyleft by the file, or data that asks for credit: fine for tools that are run and not shipped. */
const toolsOnly = new Set(["CC-BY-4.0", "MPL-2.0"]);
/** zeromq brings libzmq as a binary of its own (MPL-2.0): it is installed unchanged beside us, and nothing of it is bundled. */
const shippedUnchanged = new Map([["zeromq", "MIT AND MPL-2.0"]]);
/** Licences that package.json leaves out. */
const saidElsewhere = new Map([["spawndamnit", { licence: "MIT", where: "its file LICENSE" }]]);

/** Licence expressions of the installed packages, by pnpm. */
function licences(...which) {
  const pin = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;
  const text = execFileSync("npx", ["-y", pin, "-r", ...which, "licenses", "list", "--json"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return Object.entries(JSON.parse(text)).flatMap(([expression, packages]) =>
    packages.map(({ name, versions }) => ({
      name,
      versions,
      expression: saidElsewhere.get(name)?.licence ?? expression,
    })),
  );
}

/** Whether an SPDX expression allows what the set allows: one of what `OR` joins, all of what `AND` joins. */
function allows(expression, set) {
  return expression
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((licence) => set.has(licence)));
}

const all = licences();
const shipped = licences("--prod", ...publishedNames().flatMap((name) => ["--filter", name]));
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
console.log(`licences of ${all.length} dependencies, ${shipped.length} of them shipped: ${summary.join(", ")}`);
