import { launchBrowser, needs } from "@utxoracle/testkit";
import { expect, it, onTestFinished } from "vitest";
import { FakeService } from "./fake-service.ts";
import { sampleTrackRecord } from "./sample-track-record.ts";

it("shows the track record as a line, and its pictures and incidents on a click", needs("chromium"), async () => {
  const service = await FakeService.start({
    greeting: () => [],
    answers: { "api/v1/track-record": sampleTrackRecord() },
  });
  const browser = await launchBrowser("chromium");
  onTestFinished(async () => {
    await browser.close();
    await service.stop();
  });
  const page = await browser.open({ width: 390, height: 844 });
  await page.goto(service.address);
  await page.waitFor(`document.getElementById("track-button").textContent.includes("interval held 91")`, 20_000);
  expect(service.requests.some((path) => path.includes("track-panel"))).toBe(false);
  await page.evaluate(`document.getElementById("track-button").click()`);
  await page.waitFor(`document.querySelectorAll("#track svg").length === 2`);
  const text = await page.evaluate<string>(`document.getElementById("track").innerText`);
  expect(text).toContain("published $61,200, in hindsight $60,530");
  expect(text).toContain("only an old price for 60 min");
  expect(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`)).toBe(true);
  expect(page.faults).toEqual([]);
});
