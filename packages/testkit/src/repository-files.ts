import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** The files of the repository that `.gitignore` does not leave out, by their paths from its root, sorted. Asks no git. */
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

/** A line of `.gitignore`: a name, or a path from the root, in which `*` stands for part of a name. */
function asPattern(line: string): RegExp {
  const name = line.replace(/\/$/, "");
  const text = name.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
  return new RegExp(name.includes("/") ? `^${text}$` : `(^|/)${text}$`);
}
