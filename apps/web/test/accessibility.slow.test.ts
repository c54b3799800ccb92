import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { MempoolUpdate } from "@utxoracle/models";
import { type BrowserPage, launchBrowser, needs, type PageView, type TestBrowser } from "@utxoracle/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FakeService } from "./fake-service.ts";
import { sampleConfirmed, samplePoints, sampleTick, seededRandom } from "./sample-stream.ts";

const NOW = 1_757_535_586;
const PRICE = 113_600.5;
const random = seededRandom(5);
const rows = Array.from({ length: 61 }, (_, i) => i);
const answers = {
  "api/v1/history": {
    step: 10,
    from: NOW - 600,
    to: NOW,
    time: rows.map((i) => NOW - 600 + 10 * i),
    price: rows.map(() => PRICE),
    low: rows.map(() => PRICE - 500),
    high: rows.map(() => PRICE + 500),
    status: rows.map(() => "ok"),
  },
  "api/v1/evidence": {
    price: PRICE,
    timestamp: NOW,
    evidence: [{ usd: 100, votes: 30, strength: 12.34 }],
    changes: [
      {
        since: NOW - 600,
        price: 0.99 * PRICE,
        interval: { low: 0.98 * PRICE, high: PRICE },
        outputs_now: 41,
        outputs_then: 12,
      },
    ],
  },
  "health/ready": { ok: false, reasons: [{ code: "node_disconnected" }, { code: "zmq_refused" }], notices: [] },
};

describe("accessibility", needs("chromium"), () => {
  let browser: TestBrowser;
  let axe: string;
  let service: FakeService | null = null;
  let page: BrowserPage | null = null;

  beforeAll(async () => {
    browser = await launchBrowser("chromium");
    axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  });
  afterEach(async () => {
    await page?.close();
    await service?.stop();
    page = service = null;
  });
  afterAll(() => browser?.close());

  const snapshot = (data: Partial<MempoolUpdate["data"]>): ReturnType<typeof sampleTick> =>
    sampleTick({ timestamp: NOW, snapshot: true, transactions: samplePoints(random, NOW, PRICE, 50, 200), ...data });

  async function show(
    data: Partial<MempoolUpdate["data"]>,
    query = "",
    view: Partial<PageView> = {},
  ): Promise<BrowserPage> {
    service = await FakeService.start({
      greeting: () => [snapshot(data), sampleConfirmed(random, NOW, PRICE, 20)],
      answers,
    });
    page = await browser.open({ width: 1000, height: 660, ...view });
    await page.goto(service.address + query);
    await page.waitFor(`document.getElementById("state").children.length > 1`);
    return page;
  }

  /** Violations as `rule: element`. */
  async function violations(shown: BrowserPage): Promise<string[]> {
    await shown.evaluate(`${axe}; 0`);
    return shown.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ": " + target)))`);
  }

  const node = snapshot({}).data.node ?? null;
  it.each<[string, Partial<MempoolUpdate["data"]>, string, Partial<PageView>]>([
    ["a good price", {}, "", {}],
    ["a good price on a phone", {}, "", { width: 390, height: 844 }],
    ["a good price in a light theme", {}, "?theme=light", {}],
    ["a good price in colors for color-blind people", {}, "?theme=color-blind", {}],
    ["a simulation with low confidence", { source: "simulation", status: "low_confidence", confidence: 0.3 }, "", {}],
    ["a stale price in a light theme", { status: "stale", price_timestamp: NOW - 60 }, "?theme=light", {}],
    [
      "no node",
      {
        status: "warming_up",
        price: null,
        interval: null,
        node: { ...(node as NonNullable<typeof node>), connected: false, last_message_age: null },
      },
      "",
      {},
    ],
    ["the history", {}, "?view=3h", {}],
    ["an embedded page", {}, "?embed", { width: 400, height: 300 }],
  ])("has no violation for axe-core: %s", async (_, data, query, view) => {
    const shown = await show(data, query, view);
    if (data.price === null) await shown.waitFor(`document.getElementById("trouble-lines").textContent !== ""`);
    expect(await violations(shown)).toEqual([]);
  });

  it("has no violation for axe-core: the dialogs", async () => {
    const shown = await show({});
    for (const name of ["why", "how", "share", "options"]) {
      await shown.evaluate(`document.getElementById("${name}-button").focus()`);
      await shown.press("Enter");
      await shown.waitFor(`document.getElementById("${name}").open`);
      expect(await violations(shown), name).toEqual([]);
      await shown.press("Escape");
      await shown.waitFor(`!document.getElementById("${name}").open`);
      // The focus returns to the button.
      expect(await shown.evaluate("document.activeElement.id")).toBe(`${name}-button`);
    }
  });

  it("is reached by keys alone: numbers, views, chart, buttons, in the order of the page", async () => {
    const shown = await show({});
    const names: string[] = [];
    for (let i = 0; i < 20; i++) {
      await shown.press("Tab");
      names.push(
        await shown.evaluate<string>(
          "(document.activeElement.id || document.activeElement.querySelector('[id]')?.id || document.activeElement.innerText)",
        ),
      );
    }
    expect(names.slice(0, 18)).toEqual([
      ...["price", "interval", "confidence", "confirmed-price"],
      ...["Live", "3 h", "24 h", "7 d", "90 d"],
      "chart",
      ...["received", "filtered", "active", "uptime"],
      ...["why-button", "how-button", "share-button", "options-button"],
    ]);
  });

  it("reads title, price, state, chart and buttons to a screen reader, in this order, all with names", async () => {
    const shown = await show({ source: "simulation" });
    await shown.waitFor(`document.getElementById("interval").textContent !== ""`);
    const tree = await shown.spokenTree();
    const places = [
      ["heading", "UTXOracle Live"],
      ["list", "State"],
      ["navigation", "Time range"],
      ["button", "Live"],
      ["button", "90 d"],
      ["application", "Price points of the last blocks and of the mempool"],
      ["button", "Why this price?"],
      ["button", "Options"],
    ].map(([role, name]) => tree.findIndex((node) => node.role === role && node.name === name));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    const needsName = ["button", "link", "textbox", "combobox", "checkbox", "application", "dialog", "navigation"];
    expect(tree.filter(({ role, name }) => needsName.includes(role) && name === "")).toEqual([]);
    // What is hidden is not read: dialogs, the other view, the reasons without a price.
    expect(tree.map(({ name }) => name)).not.toContain("History of the price with its 90 percent range");
    expect(tree.some(({ role }) => role === "dialog")).toBe(false);
  });

  it("explains a number to the keyboard", async () => {
    const shown = await show({});
    await shown.evaluate(`document.getElementById("interval").parentElement.focus()`);
    const tip = `document.getElementById(document.activeElement.getAttribute("aria-describedby"))`;
    await shown.waitFor(`getComputedStyle(${tip}).display === "block"`);
    expect(await shown.evaluate(`${tip}.innerText`)).toContain("90 %");
  });

  it("pins a point by key and shows its id", async () => {
    const shown = await show({});
    await shown.evaluate(`document.getElementById("chart").focus()`);
    await shown.press("End");
    await shown.waitFor(`document.querySelector("[role=tooltip]") !== null`);
    await shown.press("Enter");
    await shown.waitFor(`/[0-9a-f]{64}/.test(document.getElementById("pinned-facts").innerText)`);
    expect(await shown.evaluate(`document.getElementById("pinned-link").hidden`)).toBe(true);
  });
});
