import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { describe, expect, it } from "vitest";

/** Size of a bundle that imports these names, minified and gzipped, bytes. */
async function sizeOf(entry: string, names: string): Promise<number> {
  const file = fileURLToPath(new URL(`../src/${entry}`, import.meta.url));
  const importer = "\0importer";
  const { output } = (await build({
    configFile: false,
    logLevel: "silent",
    plugins: [
      {
        name: "importer",
        resolveId: (id) => (id === importer ? id : null),
        load: (id) => (id === importer ? `export { ${names} } from ${JSON.stringify(file)};` : null),
      },
    ],
    build: {
      write: false,
      target: "es2022",
      minify: true,
      rolldownOptions: { input: importer, preserveEntrySignatures: "strict" },
    },
  })) as Rolldown.RolldownOutput;
  return gzipSync(output[0].code, { level: 9 }).length;
}

describe("the bundle, minified and gzipped,", () => {
  it.each([
    ["index.ts", "MempoolVisualizer", 28_200],
    ["index.ts", "MempoolVisualizer, webglRenderer", 30_500],
    ["index.ts", "HistoryChart", 8_000],
    ["index.ts", "MempoolVisualizer, HistoryChart, readHistory, stateBadges, formatRange, LIGHT_THEME", 32_000],
    ["client.ts", "StreamClient", 5_500],
    ["index.ts", "formatUsd", 500],
  ])("of %s { %s } stays below %d bytes", async (entry, names, limit) => {
    const size = await sizeOf(entry, names);
    console.log(`${names}: ${size} bytes`);
    expect(size).toBeGreaterThan(50);
    expect(size).toBeLessThan(limit);
  });
});
