import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/**
 * Sorted paths of the repository's files, without those ignored by `.gitignore`. Does not need git.
 */
export function repositoryFiles(): string[] {
  const ignored = readFileSync(join(repositoryRoot, ".gitignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(asPattern);
  const found: string[] = [];
  const search = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = relative(repositoryRoot, join(folder, entry.name)).replaceAll("\\", "/");
      if (entry.name === ".git" || ignored.some((pattern) => pattern.test(path))) continue;
      if (entry.isDirectory()) search(join(folder, entry.name));
      else found.push(path);
    }
  };
  search(repositoryRoot);
  return found.sort();
}

/** Converts a line of `.gitignore` (a name or a path from the root, with `*`) to a pattern. */
function asPattern(line: string): RegExp {
  const name = line.replace(/\/$/, "");
  const text = name.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
  return new RegExp(name.includes("/") ? `^${text}$` : `(^|/)${text}$`);
}
