import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { hasBitcoind, hasBrowser, hasCorpus, launchBrowser } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { runToEnd } from "./e2e/service-process.ts";
import { RegtestChain } from "./price-regtest-chain.ts";

describe.skipIf(!hasBitcoind || !hasCorpus || !hasBrowser("chromium"))("price --html", { timeout: 180_000 }, () => {
  it("writes one file that shows price and points and asks nothing of anybody", async () => {
    const folder = mkdtempSync(join(tmpdir(), "price-page-"));
    const chain = await RegtestChain.start();
    const path = join(folder, "price.html");
    try {
      const words = ["price", "--date", chain.day, "--html", path, "--json", ...chain.flags];
      const { stdout, exitCode } = await runToEnd(words);
      expect(exitCode).toBe(0);
      const { price } = JSON.parse(stdout) as { price: number };
      const html = readFileSync(path, "utf8");
      expect(html).not.toMatch(/(?:src|href)\s*=/);
      expect(html).not.toMatch(/Consensus Price|Block Window Price/i);
      const shown = price.toLocaleString("en-US", { style: "currency", currency: "USD" });
      expect(html).toContain(`>${shown}</p>`);

      const browser = await launchBrowser("chromium");
      try {
        const page = await browser.open({ width: 1000, height: 900 });
        await page.goto(pathToFileURL(path).href);
        // The cloud, the average and its label are drawn in cyan.
        await page.waitFor(`(() => {
          const canvas = document.getElementById("chart");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let cyan = 0;
          for (let i = 0; i < data.length; i += 4) if (data[i] < 60 && data[i + 1] > 120 && data[i + 2] > 120) cyan++;
          return cyan > 1000;
        })()`);
        expect(page.faults).toEqual([]);
        expect((await page.requests()).filter((address) => !address.startsWith("file:"))).toEqual([]);
        await page.close();
      } finally {
        await browser.close();
      }
    } finally {
      await chain.daemon.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 180_000);
});
