import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pinnedPnpm } from "@utxoracle/testkit";
import { publishedPackages, repositoryRoot } from "./published-packages.ts";

/**
 * Packs the built packages like `pnpm publish`.
 *
 * @returns the tarballs by package name
 */
export function packPackages(destination: string): ReadonlyMap<string, string> {
  const filters = publishedPackages.flatMap(({ name }) => ["--filter", name]);
  const [program, ...words] = pinnedPnpm();
  execFileSync(program, [...words, "-r", ...filters, "pack", "--pack-destination", destination], {
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
