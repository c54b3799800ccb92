import { readFileSync } from "node:fs";

interface Manifest {
  readonly version: string;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** `package.json` of the installed package, in the parent folder of the built program. */
function manifest(): Manifest {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Manifest;
}

/** Version of the installed package. */
export function programVersion(): string {
  return manifest().version;
}

/** Optional dependencies whose names start with `prefix`, as `name@version`. */
export function optionalPackages(prefix: string): string[] {
  return Object.entries(manifest().optionalDependencies)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, version]) => `${name}@${version}`);
}
