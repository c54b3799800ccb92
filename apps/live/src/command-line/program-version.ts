import { readFileSync } from "node:fs";

/** Version of the installed package; the manifest lies beside the folder of the built program. */
export function programVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}
