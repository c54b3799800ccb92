import { launchBrowser, needs } from "@utxoracle/testkit";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { LiveService } from "./live-service.ts";

it("shows a refused client the reason and the polled price", needs("chromium"), async () => {
  const service = await LiveService.start(["demo", "--window", "600", "--max-clients-per-address", "2"]);
  onTestFinished(() => service.stop());
  await service.ready();
  const others = [1, 2].map(() => new WebSocket(`${service.url.replace("http", "ws")}/ws/mempool`));
  onTestFinished(() => {
    for (const other of others) other.terminate();
  });
  await Promise.all(others.map((other) => new Promise((resolve) => other.once("open", resolve))));
  const browser = await launchBrowser("chromium");
  onTestFinished(() => browser.close());
  const page = await browser.open({ width: 1000, height: 660 });
  await page.goto(`${service.url}/`);
  const state = `document.getElementById("state").innerText`;
  await page.waitFor(`${state}.includes("this address has reached the limit of 2 connections")`);
  await page.waitFor(`/^\\$[\\d,]+/.test(document.getElementById("price").innerText)`);
  expect(await page.evaluate(state)).toContain("Simulation");
  for (const other of others) other.terminate();
  // The service's Retry-After is ten seconds, and up to a quarter is added.
  await page.waitFor(`!${state}.includes("No live stream")`, 30_000);
  await page.waitFor(
    `document.getElementById("counts").innerText.includes("Received: ") && !document.getElementById("counts").innerText.includes("–")`,
  );
});
