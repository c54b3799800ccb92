// Where the repository is, in the package.json of each package that is published. npm makes the links of a README from it,
// and refuses provenance when it is not the repository that the release comes from.
//
//   node scripts/repository-fields.mjs https://github.com/OWNER/NAME      writes it
//   node scripts/repository-fields.mjs --check https://github.com/OWNER/NAME   fails where it is missing or another one
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { publishedFolders, root } from "./workspace.mjs";

/** The fields of a package in a folder of the repository. @param {string} url the repository's page @param {string} folder from its root */
export function repositoryFields(url, folder) {
  return {
    homepage: `${url}/tree/main/${folder}#readme`,
    bugs: `${url}/issues`,
    repository: { type: "git", url: `git+${url}.git`, directory: folder },
  };
}

/** A manifest with these fields before its licence, where it had none. */
export function withRepository(manifest, url, folder) {
  const { homepage: _homepage, bugs: _bugs, repository: _repository, ...others } = manifest;
  const entries = Object.entries(others);
  const place = entries.findIndex(([name]) => name === "license");
  return Object.fromEntries(entries.toSpliced(place, 0, ...Object.entries(repositoryFields(url, folder))));
}

/** What is wrong with the fields of each manifest, in words; empty when the repository is this one everywhere. */
export function repositoryProblems(manifests, url) {
  return manifests.flatMap(({ manifest, folder }) =>
    Object.entries(repositoryFields(url, folder)).flatMap(([field, wanted]) =>
      JSON.stringify(manifest[field]) === JSON.stringify(wanted)
        ? []
        : [`${folder}/package.json: ${field} is ${JSON.stringify(manifest[field])}, not ${JSON.stringify(wanted)}`],
    ),
  );
}

/** The manifests of the packages that are published, with their folders from the root. */
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
    console.error("give the address of the repository's page: [--check] https://github.com/OWNER/NAME");
    process.exit(2);
  }
  if (first === "--check") {
    const problems = repositoryProblems(publishedManifests(), url);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) console.error(`node scripts/repository-fields.mjs ${url} mends it`);
    process.exit(problems.length > 0 ? 1 : 0);
  }
  for (const { manifest, folder } of publishedManifests())
    writeFileSync(
      join(root, folder, "package.json"),
      `${JSON.stringify(withRepository(manifest, url, folder), null, 2)}\n`,
    );
}
