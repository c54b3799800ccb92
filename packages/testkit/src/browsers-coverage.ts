import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Folder for coverage of page scripts, set by `pnpm coverage`. */
const folder = process.env["UTXORACLE_BROWSER_COVERAGE"] ?? null;
let written = 0;

/**
 * Records coverage of a page's scripts if the folder is set. Only scripts with an inline source map
 * can be mapped to sources.
 *
 * @returns a function that writes the coverage; must be called before the page is closed
 */
export async function followCoverage(page: Page): Promise<() => Promise<void>> {
  if (folder === null) return () => Promise.resolve();
  await page.coverage.startJSCoverage({ resetOnNavigation: false });
  return async () => {
    const scripts = await page.coverage.stopJSCoverage();
    mkdirSync(folder, { recursive: true });
    for (const { source, functions } of scripts)
      if (source?.includes("//# sourceMappingURL=data:"))
        writeFileSync(join(folder, `${process.pid}-${written++}.json`), JSON.stringify({ source, functions }));
  };
}
