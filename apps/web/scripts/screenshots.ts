// Takes the README's screenshots of the real service: `pnpm screenshots [SECONDS]`. Runs the demo
// for that long (default 90) to get a price line, and a replay of recorded traffic if the corpus is
// available.
import { mkdir, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { corpusPath, isAvailable, launchBrowser, type PageView } from "@utxoracle/testkit";
import { LiveService } from "../test/live-service.ts";

const SIZE_MAX = 500 * 1024;
const folder = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
const seconds = Number(process.argv[2] ?? 90);

interface Picture {
  readonly name: string;
  readonly view: PageView;
  /** JavaScript to run in the page before the screenshot. */
  readonly first?: string;
}

const browser = await launchBrowser("chromium");

async function take(service: LiveService, pictures: readonly Picture[], watchSeconds: number): Promise<void> {
  const pages = await Promise.all(
    pictures.map(async (picture) => {
      const page = await browser.open(picture.view);
      await page.goto(`${service.url}/`);
      await page.waitFor(`document.getElementById("price").value !== ""`, 60_000);
      return { picture, page };
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, watchSeconds * 1000));
  for (const { picture, page } of pages) {
    if (picture.first !== undefined) await page.evaluate(picture.first);
    // Wait for a frame after the script.
    await page.evaluate("new Promise((resolve) => setTimeout(resolve, 600))");
    const png = await page.screenshot();
    await writeFile(`${folder}${picture.name}.png`, png);
    const { size } = await stat(`${folder}${picture.name}.png`);
    if (size > SIZE_MAX) throw new Error(`${picture.name}.png is ${size} bytes; the limit is ${SIZE_MAX}`);
    if (page.faults.length > 0) throw new Error(`${picture.name}: ${page.faults.join("\n")}`);
    console.log(`${picture.name}.png  ${Math.round(size / 1024)} KiB`);
    await page.close();
  }
  await service.stop();
}

await mkdir(folder, { recursive: true });
const desk = { width: 1000, height: 660 };
await take(
  await LiveService.start(["demo"]),
  [
    { name: "demo-1000x660", view: desk },
    { name: "demo-1000x660@2x", view: { ...desk, deviceScaleFactor: 2 } },
    { name: "demo-390x844", view: { width: 390, height: 844, deviceScaleFactor: 2 } },
    { name: "demo-why", view: desk, first: `document.getElementById("why-button").click()` },
    { name: "demo-how", view: desk, first: `document.getElementById("how-button").click()` },
    { name: "demo-history", view: desk, first: `document.querySelector('[data-range="3h"]').click()` },
    {
      name: "demo-light",
      view: desk,
      first: `(() => {
        document.querySelector('[data-range="live"]').click();
        const select = document.getElementById("theme");
        select.value = "light";
        select.dispatchEvent(new Event("change"));
      })()`,
    },
    {
      name: "demo-color-blind",
      view: desk,
      first: `(() => {
        const select = document.getElementById("theme");
        select.value = "color-blind";
        select.dispatchEvent(new Event("change"));
      })()`,
    },
    {
      name: "demo-point",
      view: desk,
      first: `(() => {
        const chart = document.getElementById("chart");
        chart.focus();
        for (const key of ["End", ...Array(6).fill("ArrowLeft")]) chart.dispatchEvent(new KeyboardEvent("keydown", { key }));
      })()`,
    },
  ],
  seconds,
);
if (isAvailable("corpus"))
  await take(
    await LiveService.start(["replay", corpusPath("mempool/2024-03-14.rawtx.hex.gz"), "--speed", "60"]),
    [{ name: "replay-1000x660", view: desk }],
    35,
  );
await browser.close();
