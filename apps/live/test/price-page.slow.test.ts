import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserName, inSoak, launchBrowser, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runToEnd } from "./e2e/service-process.ts";
import { FOR_LONG_WINDOWS, RegtestChain } from "./price-regtest-chain.ts";

/** Number of cyan pixels: points, average and label are cyan. */
const CYAN_DOTS = `(() => {
  const canvas = document.getElementById("chart");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let cyan = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i] < 60 && data[i + 1] > 120 && data[i + 2] > 120) cyan++;
  return cyan;
})()`;

const browsers: readonly BrowserName[] = ["chromium", ...inSoak("firefox", "webkit")];

describe("price --html", needs("bitcoind", "corpus"), () => {
  const folder = mkdtempSync(join(tmpdir(), "price-page-"));
  const path = join(folder, "price.html");
  const pathWithoutPrice = join(folder, "none.html");
  let price: number;

  beforeAll(async () => {
    const chain = await RegtestChain.start({ oneOf: FOR_LONG_WINDOWS });
    try {
      const words = ["price", "--html", path, "--json", "--date", chain.day, ...chain.flags];
      const { stdout, exitCode } = await runToEnd(words);
      expect(exitCode).toBe(0);
      price = (JSON.parse(stdout) as { price: number }).price;
      const none = await runToEnd(["price", "--html", pathWithoutPrice, "--blocks", "1", ...chain.flags]);
      expect(none).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("no price") });
    } finally {
      await chain.daemon.remove();
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("writes one self-contained file with price and details", () => {
    for (const [file, shown] of [
      [path, price.toLocaleString("en-US", { style: "currency", currency: "USD" })],
      [pathWithoutPrice, "no price"],
    ] as const) {
      const html = readFileSync(file, "utf8");
      expect(html).not.toMatch(/(?:src|href)\s*=/);
      expect(html).not.toMatch(/Consensus Price|Block Window Price/i);
      expect(html).toContain(`>${shown}</p>`);
      expect(html).toContain("chain regtest");
    }
  });

  describe.each(browsers)("in %s", (name) => {
    it("shows price and points without requests", needs(name), async () => {
      const browser = await launchBrowser(name);
      try {
        for (const file of [path, pathWithoutPrice]) {
          const page = await browser.open({ width: 1000, height: 900 });
          await page.goto(pathToFileURL(file).href);
          if (file === path) await page.waitFor(`${CYAN_DOTS} > 1000`);
          else await page.waitFor(`document.querySelector(".price").textContent === "no price"`);
          expect(page.faults).toEqual([]);
          expect((await page.requests()).filter((address) => !address.startsWith("file:"))).toEqual([]);
          await page.close();
        }
      } finally {
        await browser.close();
      }
    });
  });
});
