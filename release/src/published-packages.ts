import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const repositoryRoot: string = fileURLToPath(new URL("../..", import.meta.url));

/** The used part of a package.json. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly packageManager?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean; readonly exports?: unknown };
}

/** A published package of this workspace. */
export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
  readonly manifest: PackageManifest;
}

/** Reads a package.json. */
export function readManifest(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageManifest;
}

/** The packages and apps that are not private, sorted by name. */
export const publishedPackages: readonly PublishedPackage[] = ["packages", "apps"]
  .flatMap((group) => readdirSync(join(repositoryRoot, group)).map((name) => join(repositoryRoot, group, name)))
  .filter((folder) => existsSync(join(folder, "package.json")))
  .map((folder) => ({ folder, manifest: readManifest(folder) }))
  .filter(({ manifest }) => manifest.private !== true)
  .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }))
  .sort((one, other) => one.name.localeCompare(other.name));
