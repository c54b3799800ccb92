import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Builds the page as published into a temporary folder; `remove` deletes it. */
export async function buildPage(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "utxoracle-web-"));
  const root = fileURLToPath(new URL("..", import.meta.url));
  await build({ root, logLevel: "error", build: { outDir: directory, emptyOutDir: true } });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
