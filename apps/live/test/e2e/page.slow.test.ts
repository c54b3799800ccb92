import { corpusPath, launchBrowser, needs, type TestBrowser } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, ServiceProcess } from "./service-process.ts";

describe("the page of a replay, in a real browser", needs("corpus", "chromium"), () => {
  let service: ServiceProcess;
  let browser: TestBrowser;

  beforeAll(async () => {
    service = await ServiceProcess.listening([
      "replay",
      corpusPath("mempool/2024-03-14.rawtx.hex.gz"),
      "--speed",
      "max",
    ]);
    browser = await launchBrowser("chromium");
  });

  afterAll(async () => {
    await browser?.close();
    await service?.stop("SIGKILL");
  });

  it("shows the API's price and the word replay, and makes no other requests", async () => {
    const { answer } = await eventually(
      "the replayed price",
      () => service.price(),
      (price) => price.total_received === 8131 && price.price !== null,
    );
    const shown = Math.round(answer.price as number).toLocaleString("en-US");
    const page = await browser.open({ width: 1000, height: 660 });
    await page.goto(`${service.url}/`);
    await page.waitFor(`document.body.innerText.includes(${JSON.stringify(shown)})`);
    await page.waitFor(`/replay/i.test(document.body.innerText)`);
    await page.waitFor(`document.body.innerText.includes("8,131")`);
    expect(page.faults).toEqual([]);
    for (const request of await page.requests()) expect(new URL(request).host).toBe(new URL(service.url).host);
    await page.close();
  });
});
