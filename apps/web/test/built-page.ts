import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Folder of the page that `pnpm build` made. */
export function builtPage(): string {
  const folder = fileURLToPath(new URL("../dist", import.meta.url));
  if (!existsSync(folder)) throw new Error(`${folder} is missing: build first (npm run test:all does)`);
  return folder;
}

/** Builds the page from its sources into a temporary folder; `remove` deletes it. */
export async function buildPage(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "utxoracle-web-"));
  const root = fileURLToPath(new URL("..", import.meta.url));
  await build({ root, logLevel: "error", build: { outDir: directory, emptyOutDir: true } });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
