import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { publishedPackages, readManifest, repositoryRoot } from "./published-packages.ts";

/** The repository's pinned pnpm, as an argument for npx. */
export const pinnedPnpm: string = String(readManifest(repositoryRoot).packageManager);

/**
 * Packs the built packages like `pnpm publish`.
 *
 * @returns the tarballs by package name
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
