import type { ConfirmedUpdate, PricePoint } from "@utxoracle/models";
import { type BrowserName, type BrowserPage, launchBrowser, needs, type TestBrowser } from "@utxoracle/testkit";
import { formatBtc, formatUsd } from "@utxoracle/viz";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeService } from "./fake-service.ts";
import { sampleConfirmed, samplePoints, sampleTick, seededRandom } from "./sample-stream.ts";

const PRICE = 113_600.5;
const NOW = 1_757_535_586;
const random = seededRandom(1);
const mempoolPoints = samplePoints(random, NOW, PRICE, 300, 200);
const confirmed: ConfirmedUpdate = sampleConfirmed(random, NOW, PRICE);
const known = new Map<string, PricePoint>(
  [...mempoolPoints, ...confirmed.data.transactions].map((point) => [`${point.txid}:${point.vout}`, point]),
);

/** Two ticks per second, like the service: a silent stream makes the page show a warning. */
const TICK_MS = 500;
let seq = 0;
const rows = Array.from({ length: 101 }, (_, i) => i);
const answers = {
  "api/v1/history": {
    step: 10,
    from: NOW - 1000,
    to: NOW,
    time: rows.map((i) => NOW - 1000 + 10 * i),
    price: rows.map((i) => 113_600 + i),
    low: rows.map((i) => 112_600 + i),
    high: rows.map((i) => 114_600 + i),
    status: rows.map((i) => (i < 50 ? "confirmed" : "ok")),
  },
  "api/v1/evidence": {
    price: PRICE,
    timestamp: NOW,
    evidence: [
      { usd: 50, votes: 20, strength: 30 },
      { usd: 100, votes: 12, strength: 20 },
    ],
  },
};
const nextTick = (): object => sampleTick({ price: PRICE, timestamp: NOW, seq: ++seq });
const snapshot = () => sampleTick({ price: PRICE, timestamp: NOW, snapshot: true, seq, transactions: mempoolPoints });

/** The tooltip's properties by name. */
const FACTS = `Object.fromEntries([...document.querySelectorAll("[role=tooltip] > *")].map((line) => line.textContent.split(/: (.*)/s).slice(0, 2)))`;

/** Expected properties of the point in the tooltip. */
function expectTrue(facts: Record<string, string>): PricePoint {
  const point = known.get(`${facts["Txid"]}:${facts["Output"]}`);
  expect(point, `a point with the id ${facts["Txid"]}`).toBeDefined();
  const { price, amount, timestamp } = point as PricePoint;
  expect(facts["Price"]).toBe(formatUsd(price));
  expect(facts["Amount"]).toContain(formatBtc(amount));
  expect(facts["Amount"]).toContain(`($${Math.round(price * amount).toLocaleString("en-US")})`);
  expect(facts["Time"]).toContain(new Date(timestamp * 1000).toISOString().slice(11, 19));
  return point as PricePoint;
}

describe.each(["chromium", "firefox", "webkit"] as const satisfies readonly BrowserName[])("the page in %s", (name) => {
  describe("on this machine", needs(name), () => {
    let service: FakeService;
    let browser: TestBrowser;
    let shown: BrowserPage;
    let ticking: NodeJS.Timeout | undefined;

    beforeAll(async () => {
      service = await FakeService.start({
        greeting: () => [snapshot(), confirmed],
        answers,
      });
      ticking = setInterval(() => service.send(nextTick()), TICK_MS);
      browser = await launchBrowser(name);
      shown = await browser.open({ width: 1000, height: 660, touch: true });
      await shown.goto(service.address);
      await shown.waitFor(`document.getElementById("price").value === "${PRICE}"`);
    });
    afterAll(async () => {
      clearInterval(ticking);
      await shown?.close();
      await browser?.close();
      await service?.stop();
    });

    /**
     * Focuses a picture and presses the key until it has its effect: a busy browser may drop the
     * first.
     */
    async function pressEnd(id: string, effect: string): Promise<void> {
      const pressed = async (): Promise<boolean> => {
        await shown.evaluate(`document.getElementById("${id}").focus()`);
        await shown.press("End");
        return shown.evaluate<boolean>(effect);
      };
      await expect.poll(pressed, { timeout: 60_000, interval: 200 }).toBe(true);
    }

    it("shows price, confidence, interval, source, state and counts", async () => {
      const text = await shown.evaluate<string>("document.body.innerText");
      for (const part of [
        "$113,601",
        "Confidence 97 % · $1 = 880 sats",
        "$113,310 – $113,890",
        "From your own node",
        "Live",
        "Node connected",
      ])
        expect(text).toContain(part);
      expect(text.replaceAll("\n", " ")).toContain(
        "Received: 12,543 | Filtered: 8,234 | Active: 4,309 | Uptime: 1h 02m",
      );
      expect(await shown.evaluate("document.title")).toBe("$113,601 · UTXOracle Live");
    });

    it("draws the points of both sides in their colors", async () => {
      // New points fade in; wait until the picture is complete.
      await shown.waitFor(`(() => {
        const canvas = document.getElementById("chart");
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        let confirmed = 0, mempool = 0;
        for (let i = 0; i < data.length; i += 4) {
          const x = (i / 4) % canvas.width / canvas.width;
          if (data[i] < 30 && data[i + 1] > 150 && data[i + 2] > 150 && x < 0.67) confirmed++;
          if (data[i] > 200 && data[i + 1] > 100 && data[i + 2] < 60 && x > 0.67) mempool++;
        }
        return confirmed > 5000 && mempool > 3000;
      })()`);
    });

    it.each([
      ["confirmed", 0.35],
      ["mempool", 0.75],
    ])("shows price, time, amount and id of the point under the pointer: %s side", async (side, share) => {
      const box = await shown.evaluate<{ left: number; top: number; width: number; height: number }>(
        `document.getElementById("chart").getBoundingClientRect().toJSON()`,
      );
      const seen = new Set<string>();
      for (const [dx, height] of [
        [0, 0.5],
        [20, 0.5],
        [-20, 0.52],
        [12, 0.49],
      ] as const) {
        await shown.movePointer(box.left + box.width * (share as number) + dx, box.top + box.height * height);
        await shown.waitFor(`document.querySelector("[role=tooltip]") !== null`);
        const facts = await shown.evaluate<Record<string, string>>(FACTS);
        const point = expectTrue(facts);
        seen.add(point.txid);
        expect(mempoolPoints.includes(point) ? "mempool" : "confirmed").toBe(side);
        // Leave the point, so that the next tooltip is not mistaken for this one in a slow browser.
        await shown.movePointer(5, 5);
        await shown.waitFor(`document.querySelector("[role=tooltip]") === null`);
      }
      expect(seen.size).toBeGreaterThan(1);
    });

    it.each([
      ["confirmed", 0.35],
      ["mempool", 0.75],
    ])("shows the touched point after the finger is lifted: %s side", async (side, share) => {
      const box = await shown.evaluate<{ left: number; top: number; width: number; height: number }>(
        `document.getElementById("chart").getBoundingClientRect().toJSON()`,
      );
      await shown.tap(box.left + box.width * (share as number), box.top + box.height * 0.5);
      await shown.waitFor(`document.querySelector("[role=tooltip]") !== null`);
      const point = expectTrue(await shown.evaluate(FACTS));
      expect(mempoolPoints.includes(point) ? "mempool" : "confirmed").toBe(side);
      // A touch beside the plot hides the tooltip.
      await shown.tap(box.left + 3, box.top + box.height - 3);
      await shown.waitFor(`document.querySelector("[role=tooltip]") === null`);
    });

    it("explains the price, changes colors and saves a PNG", async () => {
      const click = (id: string): Promise<void> => shown.evaluate(`document.getElementById("${id}").click()`);
      await click("why-button");
      await shown.waitFor(`document.querySelectorAll("#why-votes tbody tr").length === 2`);
      await shown.press("Escape");
      await shown.waitFor(`!document.getElementById("why").open`);
      for (const name of ["color-blind", "light", "dark"]) {
        await shown.evaluate(`(() => {
          const select = document.getElementById("theme");
          select.value = "${name}";
          select.dispatchEvent(new Event("change"));
        })()`);
        await shown.waitFor(`document.documentElement.dataset.theme === "${name}"`);
      }
      await shown.evaluate(`(() => {
        const create = URL.createObjectURL;
        URL.createObjectURL = (blob) => { globalThis.saved = { blob }; return create(blob); };
        HTMLAnchorElement.prototype.click = function () { globalThis.saved.name = this.download; };
      })()`);
      await click("download-button");
      await shown.waitFor(`globalThis.saved?.name?.endsWith(".png")`);
      const [type, width] = await shown.evaluate<[string, number]>(
        `createImageBitmap(saved.blob).then(({ width }) => [saved.blob.type, width])`,
      );
      expect([type, width]).toEqual(["image/png", 2000]);
    });

    it("draws the history, zooms and pans it, and keeps the part in the address", async () => {
      const press = (range: string): Promise<void> =>
        shown.evaluate(`document.querySelector('[data-range="${range}"]').click()`);
      await press("3h");
      await shown.waitFor(`document.documentElement.dataset.range === "3h"`);
      await shown.waitFor(`document.getElementById("past-empty").textContent === ""`);
      await pressEnd("past", `document.getElementById("past-row").textContent.startsWith("$113,700 · ±0.9 %")`);
      await shown.press("ArrowLeft");
      await shown.waitFor(`document.getElementById("past-row").textContent.startsWith("$113,699")`);
      await shown.press("+");
      await shown.waitFor(
        `new URLSearchParams(location.search).get("view") === "3h" && location.search.includes("from=")`,
      );
      const before = await shown.evaluate<string>("location.search");
      await shown.press("PageUp");
      await shown.waitFor(`location.search !== ${JSON.stringify(before)}`);
      await press("live");
      await shown.waitFor(`location.search === ""`);
    });

    it("moves through points by keys and announces each one", async () => {
      await pressEnd("chart", `document.querySelector("[role=tooltip]") !== null`);
      const newest = expectTrue(await shown.evaluate(FACTS));
      expect(newest.txid).toBe(mempoolPoints.filter((p) => Math.abs(p.price / PRICE - 1) < 0.05).at(-1)?.txid);
      await shown.waitFor(`document.getElementById("spoken-point").textContent.includes("${newest.txid}")`);
      await shown.press("PageUp");
      await shown.waitFor(`!document.getElementById("spoken-point").textContent.includes("${newest.txid}")`);
      expect(confirmed.data.transactions).toContain(expectTrue(await shown.evaluate(FACTS)));
      await shown.press("Escape");
      await shown.waitFor(`document.querySelector("[role=tooltip]") === null`);
      expect(await shown.evaluate(`document.getElementById("spoken-point").textContent`)).toBe("");
    });

    it("reports a lost server and recovers when it returns", async () => {
      const { port } = service;
      clearInterval(ticking);
      await service.stop();
      await shown.waitFor(`document.body.innerText.includes("Connection lost, trying again")`);
      expect(await shown.evaluate(`document.getElementById("price-line").dataset.tone`)).toBe("bad");
      expect(await shown.evaluate("document.title")).toBe("⚠ $113,601 · UTXOracle Live");
      service = await FakeService.start({
        port,
        greeting: () => [sampleTick({ price: 114_000, snapshot: true, seq: 1, epoch: "second" })],
      });
      await shown.waitFor(
        `document.getElementById("price").value === "114000" && document.getElementById("price-line").dataset.tone === "good"`,
      );
    });

    it("contacts only its own server and logs no errors", async () => {
      for (const request of await shown.requests()) expect(new URL(request).host).toBe(`127.0.0.1:${service.port}`);
      // Browsers log the lost connection themselves.
      const own = shown.faults.filter(
        (fault) => !/WebSocket|ERR_CONNECTION_REFUSED|connect(ion)? .*(refused|interrupted|establish)/i.test(fault),
      );
      expect(own).toEqual([]);
    });
  });
});
