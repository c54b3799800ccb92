import { type BrowserName, type BrowserPage, inSoak, launchBrowser, needs, type TestBrowser } from "@utxoracle/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FakeService, NEVER, type Refusal } from "./fake-service.ts";
import { samplePoints, sampleTick, seededRandom } from "./sample-stream.ts";

const NOW = 1_757_535_586;
const PRICE = 113_600.5;
const points = samplePoints(seededRandom(3), NOW, PRICE, 200, 200);
const evidence = { price: null, evidence: [] };
const snapshot = sampleTick({ timestamp: NOW, snapshot: true, transactions: points });

const RETRY_AFTER_SECONDS = 3;

describe("the page in a limited browser", needs("chromium"), () => {
  let browser: TestBrowser;
  let service: FakeService;
  let page: BrowserPage;
  const answers: Record<string, unknown> = {};
  let refusal: Refusal | null = null;

  beforeAll(async () => {
    browser = await launchBrowser("chromium");
    service = await FakeService.start({
      greeting: () => [snapshot],
      answers,
      refusal: () => refusal,
    });
  });
  afterEach(async () => {
    await page?.close();
    refusal = null;
    for (const path of Object.keys(answers)) delete answers[path];
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  /** Opens the page; `before` runs ahead of its script and disables a feature. */
  async function open(before = ""): Promise<BrowserPage> {
    page = await browser.open({ width: 1000, height: 660, scriptBefore: before });
    await page.goto(service.address);
    return page;
  }
  const text = (id: string): Promise<string> => page.evaluate(`document.getElementById("${id}").innerText`);
  const click = (id: string): Promise<void> => page.evaluate(`document.getElementById("${id}").click()`);

  it.each([
    ["null", "HTMLCanvasElement.prototype.getContext = () => null;"],
    ["an error", "HTMLCanvasElement.prototype.getContext = () => { throw new Error('blocked'); };"],
    ["an object that is no context", "HTMLCanvasElement.prototype.getContext = () => ({});"],
  ])("shows price and state if getContext returns %s", async (_, before) => {
    await open(before);
    await page.waitFor(`document.title.startsWith("$113,601")`);
    expect(await text("price")).toBe("$113,601");
    expect(await text("state")).toContain("From your own node");
    expect(await text("counts")).toContain("12,543");
    await page.waitFor(`document.getElementById("no-picture").innerText.startsWith("No chart")`);
    await click("download-button");
    await page.waitFor(`document.getElementById("notice").innerText.startsWith("Not saved")`);
    expect(page.faults).toEqual([]);
  });

  it("shows a message while the context is lost", async () => {
    await open();
    await page.waitFor(`document.title.startsWith("$113,601")`);
    await page.evaluate(`document.getElementById("chart").dispatchEvent(new Event("contextlost"))`);
    await page.waitFor(`document.getElementById("no-picture").innerText.startsWith("No chart at the moment")`);
    service.send(sampleTick({ seq: 2, price: 113_700 }));
    await page.waitFor(`document.title.startsWith("$113,700")`);
    await page.evaluate(`document.getElementById("chart").dispatchEvent(new Event("contextrestored"))`);
    await page.waitFor(`document.getElementById("no-picture").innerText === ""`);
  });

  /** Shows a view of the page's chart, with rows to save. */
  async function show(view: string): Promise<void> {
    await page.waitFor(`document.title.startsWith("$113,601")`);
    if (view === "live") return;
    await page.evaluate(`document.querySelector('[data-range="${view}"]').click()`);
    await page.waitFor(`document.getElementById("past-empty").innerText.startsWith("No history yet")`);
  }

  it.each(["live", "3h"])("reports that the browser returned noise, and saves nothing: %s", async (view) => {
    await open(`
      globalThis.saved = 0;
      URL.createObjectURL = () => { saved++; return "blob:x"; };
      const get = CanvasRenderingContext2D.prototype.getImageData;
      const real = HTMLCanvasElement.prototype.toBlob;
      HTMLCanvasElement.prototype.toBlob = function (give) {
        const context = this.getContext("2d");
        const image = context.createImageData(this.width, this.height);
        for (let i = 0; i < image.data.length; i++) image.data[i] = Math.random() * 256;
        context.putImageData(image, 0, 0);
        real.call(this, give);
      };`);
    await show(view);
    await click("download-button");
    await page.waitFor(`document.getElementById("notice").innerText.includes("fingerprinting protection")`);
    expect(await page.evaluate(`[saved, document.getElementById("download-button").disabled]`)).toEqual([0, false]);
  });

  it.each(["live", "3h"])("enables its button again if the PNG never comes: %s", async (view) => {
    // Speeds up the page's clock.
    await open(`
      const later = setTimeout;
      globalThis.setTimeout = (run, ms, ...rest) => later(run, ms / 50, ...rest);
      HTMLCanvasElement.prototype.toBlob = () => {};`);
    await show(view);
    await click("download-button");
    await page.waitFor(`document.getElementById("notice").innerText.includes("did not finish")`);
    expect(await page.evaluate(`document.getElementById("download-button").disabled`)).toBe(false);
  });

  it.each([
    ["gets no response", () => NEVER, "The service did not respond in time."],
    [
      "gets an endless response",
      () => ({ ...evidence, more: "x".repeat(300_000) }),
      "The service's response could not be read.",
    ],
  ])("shows a message if its request %s", async (_, answer, sentence) => {
    answers["api/v1/evidence"] = answer();
    await open(`
      const later = setTimeout;
      globalThis.setTimeout = (run, ms, ...rest) => later(run, ms / 20, ...rest);`);
    await page.waitFor(`document.title.startsWith("$113,601")`);
    await click("why-button");
    await page.waitFor(`document.getElementById("why-state").innerText === "${sentence}"`);
  });

  it("shows why the stream is refused, polls over HTTP, and recovers", async () => {
    refusal = {
      status: 429,
      code: "too_many_clients_of_address",
      message: "this address has reached the limit of 100 connections",
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    };
    const { seq: _seq, epoch: _epoch, transactions: _points, stats: _stats, node: _node, ...data } = snapshot.data;
    answers["api/v1/price"] = { ...data, interval: undefined, low: 113_310, high: 113_890, age_seconds: 0 };
    const openedAtMs = performance.now();
    await open();
    await page.waitFor(`document.title.startsWith("$113,601")`);
    expect(await text("state")).toContain(
      "No live stream: this address has reached the limit of 100 connections. Trying again",
    );
    expect(await text("state")).toContain("Updated over HTTP");
    expect(await text("interval")).toContain("$113,310 – $113,890");
    expect(await page.evaluate(`document.getElementById("price-line").dataset.tone`)).toBe("good");
    const asked = service.requests.filter((path) => path === "/ws/mempool").length;
    const seconds = (performance.now() - openedAtMs) / 1000;
    refusal = null;
    await page.waitFor(`document.getElementById("state").innerText.includes("Live")`);
    expect(await text("state")).not.toContain("HTTP");
    expect(await text("counts")).toContain("12,543");
    // One request for each failed handshake, and one handshake within `Retry-After`.
    expect(asked).toBeGreaterThanOrEqual(1);
    expect(asked).toBeLessThanOrEqual(1 + Math.floor(seconds / RETRY_AFTER_SECONDS));
  });

  it("reports a possible proxy problem if the server accepts handshakes", async () => {
    refusal = { status: 426, code: "upgrade_required", message: "connect by WebSocket" };
    answers["api/v1/price"] = { price: null, low: null, high: null, confidence: 0, status: "warming_up" };
    await open();
    await page.waitFor(`document.getElementById("state").innerText.includes("a proxy may block them")`);
    await page.waitFor(`document.getElementById("state").innerText.includes("Warming up")`);
    expect(await text("price")).toBe("—");
  });
});

describe.each(inSoak<BrowserName>("firefox"))("the page in %s with fingerprinting protection", (name) => {
  it("shows why the PNG is not saved", needs(name), async () => {
    const service = await FakeService.start({ greeting: () => [snapshot] });
    const browser = await launchBrowser(name, {
      firefoxPreferences: { "privacy.resistFingerprinting": true },
    });
    try {
      const page = await browser.open({ width: 1000, height: 660 });
      await page.goto(service.address);
      await page.waitFor(`document.title.startsWith("$113,601")`);
      await page.evaluate(`document.getElementById("download-button").click()`);
      await page.waitFor(`document.getElementById("notice").innerText.includes("fingerprinting protection")`);
      expect(await page.evaluate(`document.getElementById("no-picture").innerText`)).toBe("");
    } finally {
      await browser.close();
      await service.stop();
    }
  });
});
