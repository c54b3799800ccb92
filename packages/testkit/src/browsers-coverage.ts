import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Set by `pnpm coverage`: the folder for what scripts of pages were run. */
const folder = process.env["UTXORACLE_BROWSER_COVERAGE"] ?? null;
let written = 0;

/**
 * Notes which parts of a page's scripts are run, when a folder for it is named: of scripts with a source map inside, for
 * others are nobody's sources.
 * @returns writes it down; to be called before the page is closed
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
