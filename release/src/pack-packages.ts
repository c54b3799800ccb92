import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { publishedPackages, readManifest, repositoryRoot } from "./published-packages.ts";

/** The pnpm of this repository, as npx takes it. */
export const pinnedPnpm: string = String(readManifest(repositoryRoot).packageManager);

/**
 * Packs the published packages as they are built, the way `pnpm publish` does.
 *
 * @returns the tarball of each, by the package's name
 */
export function packPackages(destination: string): ReadonlyMap<string, string> {
  const filters = publishedPackages.flatMap(({ name }) => ["--filter", name]);
  execFileSync("npx", ["-y", pinnedPnpm, "-r", ...filters, "pack", "--pack-destination", destination], {
    cwd: repositoryRoot,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const files = readdirSync(destination);
  return new Map(
    publishedPackages.map(({ name, manifest }) => {
      const file = `${name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
      if (!files.includes(file)) throw new Error(`${name} was not packed: no ${file}`);
      return [name, join(destination, file)];
    }),
  );
}
