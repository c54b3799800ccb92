// Sets the repository's address in the package.json of each published package. npm needs it for the
// links of a README and for provenance.
//
// node scripts/repository-fields.mjs https://github.com/OWNER/NAME writes it node
// scripts/repository-fields.mjs --check https://github.com/OWNER/NAME fails if it is missing or
// differs
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { publishedFolders, root } from "./workspace.mjs";

/**
 * The fields of a package. @param {string} url the repository's page @param {string} folder from
 * its root
 */
export function repositoryFields(url, folder) {
  return {
    homepage: `${url}/tree/main/${folder}#readme`,
    bugs: `${url}/issues`,
    repository: { type: "git", url: `git+${url}.git`, directory: folder },
  };
}

/** Adds the fields to a manifest before its license. */
export function withRepository(manifest, url, folder) {
  const { homepage: _homepage, bugs: _bugs, repository: _repository, ...others } = manifest;
  const entries = Object.entries(others);
  const place = entries.findIndex(([name]) => name === "license");
  return Object.fromEntries(entries.toSpliced(place, 0, ...Object.entries(repositoryFields(url, folder))));
}

/** Problems with the fields of the manifests; empty if all name this repository. */
export function repositoryProblems(manifests, url) {
  return manifests.flatMap(({ manifest, folder }) =>
    Object.entries(repositoryFields(url, folder)).flatMap(([field, wanted]) =>
      JSON.stringify(manifest[field]) === JSON.stringify(wanted)
        ? []
        : [`${folder}/package.json: ${field} is ${JSON.stringify(manifest[field])}, not ${JSON.stringify(wanted)}`],
    ),
  );
}

/** The manifests of the published packages by folder. */
export function publishedManifests() {
  return publishedFolders().map((path) => ({
    manifest: JSON.parse(readFileSync(join(path, "package.json"), "utf8")),
    folder: relative(root, path),
  }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first = "", second] = process.argv.slice(2);
  const url = first === "--check" ? second : first;
  if (!/^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(url ?? "") || url.endsWith(".git")) {
    console.error("usage: repository-fields.mjs [--check] https://github.com/OWNER/NAME");
    process.exit(2);
  }
  if (first === "--check") {
    const problems = repositoryProblems(publishedManifests(), url);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) console.error(`node scripts/repository-fields.mjs ${url} fixes this`);
    process.exit(problems.length > 0 ? 1 : 0);
  }
  for (const { manifest, folder } of publishedManifests())
    writeFileSync(
      join(root, folder, "package.json"),
      `${JSON.stringify(withRepository(manifest, url, folder), null, 2)}\n`,
    );
}
