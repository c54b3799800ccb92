import { type BrowserPage, launchBrowser, needs, type PageView, type TestBrowser } from "@utxoracle/testkit";
import type { MempoolTick } from "@utxoracle/viz/client";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { FakeService, type FakeServiceOptions } from "./fake-service.ts";
import { sampleConfirmed, samplePoints, sampleTick, seededRandom } from "./sample-stream.ts";

const NOW = 1_757_535_586;
const PRICE = 113_600.5;
/** Fields of a tick, what the page says of them, and its tone. */
const states = [
  [{ source: "simulation" }, "Simulation: synthetic traffic, not a real price", "good"],
  [{ source: "replay", chain: null }, "Replay of recorded traffic", "good"],
  [{ chain: "signet" }, "Chain: signet, not mainnet", "good"],
  [{ status: "warming_up", price: null, interval: null }, "Warming up", "wait"],
  [{ status: "no_estimate", price: null, interval: null, confidence: 0 }, "No estimate", "bad"],
  [{ status: "low_confidence", confidence: 0.3 }, "Low confidence", "weak"],
  [{ status: "stale", price_timestamp: NOW - 60 }, "Stale: price of 20:18:46 UTC", "bad"],
] as const;

describe("the page", needs("chromium"), () => {
  let browser: TestBrowser;
  let service: FakeService | null = null;
  let page: BrowserPage | null = null;

  beforeAll(async () => {
    browser = await launchBrowser("chromium");
  });
  afterEach(async () => {
    await page?.close();
    await service?.stop();
    page = service = null;
  });
  afterAll(() => browser?.close());

  const random = seededRandom(3);
  const points = samplePoints(random, NOW, PRICE, 200, 200);
  const snapshot = (data: Partial<MempoolTick["data"]> = {}): MempoolTick =>
    sampleTick({ timestamp: NOW, snapshot: true, transactions: points, ...data });

  async function show(
    greeting: readonly unknown[],
    options: Partial<FakeServiceOptions> & { query?: string; view?: PageView } = {},
  ): Promise<[FakeService, BrowserPage]> {
    const { query = "", view = { width: 1000, height: 660 }, ...rest } = options;
    service = await FakeService.start({ greeting: () => greeting, ...rest });
    page = await browser.open(view);
    await page.goto(service.address + query);
    await page.waitFor(`document.getElementById("state").children.length > 0`);
    return [service, page];
  }

  const text = (shown: BrowserPage): Promise<string> => shown.evaluate("document.body.innerText");

  it("works under a path and requests nothing outside it", async () => {
    const [served, shown] = await show([snapshot()], { basePath: "/some/where/" });
    await shown.waitFor(`document.title.startsWith("$113,601")`);
    for (const path of served.requests) expect(path).toMatch(/^\/some\/where\//);
    expect(shown.faults).toEqual([]);
  });

  it("shows in words and color where a price is from and what it is worth", async () => {
    const [served, shown] = await show([snapshot()]);
    for (const [index, [data, words, tone]] of states.entries()) {
      served.send(snapshot({ seq: 2 + index, ...data } as Partial<MempoolTick["data"]>));
      await shown.waitFor(`document.body.innerText.includes(${JSON.stringify(words)})`);
      expect(await shown.evaluate(`document.getElementById("price-line").dataset.tone`), words).toBe(tone);
      const price = "price" in data ? "—" : "$113,601";
      expect(await shown.evaluate(`document.getElementById("price").innerText`), words).toBe(price);
    }
  });

  it.each([
    [320, 640],
    [390, 844],
    [844, 390],
  ])("names the missing lines on a screen of %i × %i, with whole flags and nothing behind", async (width, height) => {
    const waiting = { status: "warming_up", price: null, interval: null } as const;
    const reasons = ["rawblock_", "sequence_", ""].map((topic) => ({ code: `zmq_${topic}refused` }));
    const [, shown] = await show([snapshot(waiting)], {
      view: { width, height },
      answers: { "health/ready": { ok: false, reasons, notices: [] } },
    });
    await shown.waitFor(`document.querySelectorAll("#trouble-after .flag").length === 3`);
    const lines = `[...document.querySelectorAll("#trouble-after .flag")].map((flag) => flag.getClientRects().length)`;
    expect(await shown.evaluate(lines)).toEqual([1, 1, 1]);
    // The panel covers a part of the plot's labels.
    expect(await shown.evaluate(`getComputedStyle(document.getElementById("chart")).visibility`)).toBe("hidden");
    const top = `[...document.querySelectorAll("footer nav button")].map((button) => button.offsetTop)`;
    expect(new Set(await shown.evaluate<number[]>(top)).size).toBe(1);
  });

  it("reports a lost node and clears the report", async () => {
    const node = snapshot().data.node;
    const [served, shown] = await show([snapshot()]);
    await shown.waitFor(`document.body.innerText.includes("Node connected")`);
    served.send(sampleTick({ seq: 2, node: { ...node, connected: false } }));
    await shown.waitFor(`document.body.innerText.includes("Node lost")`);
    expect(await shown.evaluate(`document.getElementById("price-line").dataset.tone`)).toBe("bad");
    served.send(sampleTick({ seq: 3 }));
    await shown.waitFor(`document.body.innerText.includes("Node connected")`);
  });

  it("survives invalid, repeated, reordered, unknown and hostile messages", async () => {
    const [served, shown] = await show([snapshot()]);
    await shown.waitFor(`document.title.startsWith("$113,601")`);
    const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const bad = [
      "",
      "not json",
      "[".repeat(10_000),
      JSON.stringify({ type: "mempool_update", data: { price: 1 } }),
      sampleTick({ seq: 2, price: -5 as number }),
      sampleTick({ seq: 2, price: "99999" as unknown as number }),
      sampleTick({ seq: 1, price: 11 }),
      sampleTick({ seq: 0, price: 12 }),
      { type: "advertisement", data: { html: hostile } },
      { type: "error", data: { code: "x", message: hostile } },
      sampleTick({ seq: 2, transactions: [{ ...points[0], price: "1e400" } as never] }),
      sampleTick({ seq: 2, transactions: [{ ...points[0], txid: hostile } as never] }),
      sampleTick({ seq: 2, chain: hostile.slice(0, 32) }),
    ];
    for (const message of bad) served.send(message);
    served.send(sampleTick({ seq: 2, price: 113_700 }));
    await shown.waitFor(`document.getElementById("price").value === "113700"`);
    // Unreadable messages are counted and reported.
    expect(await text(shown)).toContain("9 messages could not be read");
    expect(await shown.evaluate("document.images.length")).toBe(0);
    expect(await shown.evaluate("document.title")).not.toContain("owned");
    expect(shown.faults).toEqual([]);
  });

  it("requests a snapshot after a gap and shows nothing until it comes", async () => {
    const [served, shown] = await show([snapshot()]);
    await shown.waitFor(`document.title.startsWith("$113,601")`);
    served.send(sampleTick({ seq: 5, price: 99_999 }));
    await expect.poll(() => served.received, { timeout: 20_000 }).not.toEqual([]);
    expect(served.received.map((message) => JSON.parse(message))).toEqual([{ type: "snapshot" }]);
    expect(await shown.evaluate(`document.getElementById("price").value`)).toBe(String(PRICE));
    served.send(snapshot({ seq: 6, price: 113_800 }));
    await shown.waitFor(`document.getElementById("price").value === "113800"`);
  });

  it("shows the amounts behind the price, or why they are unavailable", async () => {
    const answers: Record<string, unknown> = {};
    const [, shown] = await show([snapshot()], { answers });
    const open = `document.getElementById("why-button").click()`;
    const close = `document.querySelector("#why .close").click()`;
    const state = `document.getElementById("why-state").innerText`;
    await shown.evaluate(open);
    await shown.waitFor(`${state} === "This service does not publish its evidence."`);
    await shown.evaluate(close);
    answers["api/v1/evidence"] = { price: "?" };
    await shown.evaluate(open);
    await shown.waitFor(`${state} === "The service's response could not be read."`);
    await shown.evaluate(close);
    answers["api/v1/evidence"] = { price: null, evidence: [] };
    answers["health/ready"] = {
      ok: false,
      reasons: [{ code: "node_syncing" }],
      notices: [{ code: "rpc_cookie_missing" }, { code: "<b>" }],
    };
    await shown.evaluate(open);
    await shown.waitFor(`${state} === "There is no price yet."`);
    expect(
      await shown.evaluate<string[]>(`[...document.querySelectorAll("#why-reasons li")].map((item) => item.innerText)`),
    ).toEqual([
      "The node is still downloading its chain.",
      "The node's cookie file was not found. Check --rpc-cookie.",
    ]);
    await shown.evaluate(close);
    answers["api/v1/evidence"] = {
      price: PRICE,
      timestamp: NOW,
      evidence: [
        { usd: 100, votes: 30, strength: 12.34 },
        { usd: 20, votes: 12, strength: -1 },
      ],
      changes: [
        { since: NOW - 600, price: 0.99 * PRICE, interval: null, outputs_now: 41, outputs_then: 12 },
        { since: "?" },
      ],
    };
    await shown.evaluate(open);
    await shown.waitFor(`${state} === "At $113,601, 1 of 2 round amounts support the price, most of all $100."`);
    const rows = await shown.evaluate<string[]>(
      `[...document.querySelectorAll("#why-votes tbody tr")].map((row) => row.innerText.replace(/\\s+/g, " "))`,
    );
    expect(await shown.evaluate(`document.getElementById("why-reasons").hidden`)).toBe(true);
    expect(await shown.evaluate(`document.getElementById("why-moves").innerText`)).toBe(
      "10 minutes ago: $112,464. Now 1.01 % higher. Of the outputs since then, 41 are round amounts at the price now, 12 at the one before.",
    );
    expect(rows).toEqual(["$20 0.00017606 12 -1.0", "$100 0.00088028 30 12.3"]);
    expect(
      await shown.evaluate(`document.querySelectorAll("#why-votes .bar")[1].getBoundingClientRect().width`),
    ).toBeGreaterThan(50);
    await shown.press("Escape");
    await shown.waitFor(`!document.getElementById("why").open`);
    // The browser itself logs a 404.
    expect(shown.faults.filter((fault) => !fault.includes("404"))).toEqual([]);
  });

  it("saves the chosen colors", async () => {
    const [served, shown] = await show([snapshot()]);
    const theme = `document.documentElement.dataset.theme`;
    expect(await shown.evaluate(theme)).toBe("dark");
    const choose = (name: string): Promise<void> =>
      shown.evaluate(`(() => {
        const select = document.getElementById("theme");
        select.value = "${name}";
        select.dispatchEvent(new Event("change"));
      })()`);
    await choose("color-blind");
    expect(await shown.evaluate(theme)).toBe("color-blind");
    await shown.goto(served.address);
    await shown.waitFor(`${theme} === "color-blind" && document.getElementById("theme").value === "color-blind"`);
    // Sky blue and yellow on the canvas, but no cyan or orange.
    await shown.waitFor(`document.title.startsWith("$113,601")`);
    await shown.waitFor(`(() => {
      const canvas = document.getElementById("chart");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let yellow = 0, orange = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] === 0xf0 && data[i + 1] === 0xe4 && data[i + 2] === 0x42) yellow++;
        if (data[i] === 0xff && data[i + 1] === 0x9f && data[i + 2] === 0x0a) orange++;
      }
      return yellow > 1000 && orange === 0;
    })()`);
    await choose("dark");
  });

  it("saves a PNG that names its source", async () => {
    const [, shown] = await show([snapshot({ source: "simulation" })]);
    await shown.waitFor(`document.title.startsWith("$113,601")`);
    const [name, type, size] = await shown.evaluate<[string, string, number]>(`new Promise((resolve) => {
      let blob;
      const create = URL.createObjectURL;
      URL.createObjectURL = (value) => { blob = value; return create(value); };
      HTMLAnchorElement.prototype.click = function () { resolve([this.download, blob.type, blob.size]); };
      document.getElementById("download-button").click();
    })`);
    expect(name).toMatch(/^utxoracle-live-\d{8}-\d{6}Z\.png$/);
    expect(type).toBe("image/png");
    expect(size).toBeGreaterThan(10_000);
  });

  it("prints dark on white", async () => {
    const [, shown] = await show([snapshot()]);
    await shown.waitFor(`document.title.startsWith("$113,601")`);
    const corner = `[...document.getElementById("chart").getContext("2d").getImageData(1, 1, 1, 1).data].slice(0, 3).join()`;
    expect(await shown.evaluate(`(dispatchEvent(new Event("beforeprint")), ${corner})`)).toBe("255,255,255");
    expect(await shown.evaluate(`(dispatchEvent(new Event("afterprint")), ${corner})`)).toBe("0,0,0");
  });

  it("shows price and chart without buttons in a frame", async () => {
    const [, shown] = await show([snapshot()], { query: "?embed", view: { width: 500, height: 300 } });
    await shown.waitFor(`document.title.startsWith("$113,601")`);
    // One more pixel would make the frame scroll.
    expect(await shown.evaluate(`document.documentElement.scrollHeight`)).toBe(300);
    expect(await shown.evaluate(`getComputedStyle(document.querySelector("footer nav")).display`)).toBe("none");
    expect(await text(shown)).toContain("$113,601");
  });

  it.each([
    [320, 568, ""],
    [390, 844, ""],
    [768, 1024, ""],
    [844, 390, ""],
    [1000, 660, ""],
    [1920, 1080, ""],
    [400, 300, "?embed"],
  ])("at %d×%d has no overflow or overlap in the fullest state: %s", async (width, height, query) => {
    const node = snapshot().data.node;
    const [, shown] = await show(
      [
        snapshot({
          source: "simulation",
          chain: "regtest",
          status: "stale",
          price_timestamp: NOW,
          confidence: 0.999,
          interval: { low: 1_113_310, high: 1_113_890 },
          price: 1_113_600,
          node: { ...node, connected: false, missed_messages: 123_456 },
          stats: {
            total_received: 12_345_678,
            total_filtered: 8_234_567,
            active_in_window: 4_111_111,
            uptime_seconds: 9e6,
          },
        }),
        sampleConfirmed(random, NOW, 1_113_600, 20),
      ],
      { view: { width, height }, query },
    );
    await shown.waitFor(`document.title.includes("$1,113,600")`);
    const found = await shown.evaluate<string[]>(`(() => {
      const problems = [];
      if (document.documentElement.scrollWidth > innerWidth) problems.push("wider than the viewport:  " + document.documentElement.scrollWidth);
      const parts = ["h1", "#price", "#facts", "#state", "main", "#counts", "#ranges", "footer nav"].map((name) => [name, document.querySelector(name).getBoundingClientRect()]);
      for (const [name, box] of parts) {
        if (box.left < -0.5 || box.right > innerWidth + 0.5) problems.push(name + " exceeds the viewport");
        for (const [other, b] of parts)
          if (name < other && Math.min(box.right, b.right) - Math.max(box.left, b.left) > 1 && Math.min(box.bottom, b.bottom) - Math.max(box.top, b.top) > 1)
            problems.push(name + " overlaps " + other);
      }
      const chart = document.getElementById("chart").getBoundingClientRect();
      if (chart.height < 150) problems.push("the chart is only " + chart.height + " high");
      return problems;
    })()`);
    expect(found).toEqual([]);
  });

  it("does not animate with reduced motion", async () => {
    const [served, shown] = await show([snapshot(), sampleConfirmed(random, NOW, PRICE, 50)], {
      view: { width: 1000, height: 660, reducedMotion: true },
    });
    await shown.waitFor(`document.title.startsWith("$113,601")`);
    let seq = 1;
    const ticking = setInterval(() => served.send(sampleTick({ seq: ++seq, timestamp: NOW + seq / 2 })), 500);
    onTestFinished(() => clearInterval(ticking));
    const isStill = `new Promise((resolve) => {
      let draws = 0;
      const put = CanvasRenderingContext2D.prototype.putImageData;
      CanvasRenderingContext2D.prototype.putImageData = function (...a) { draws++; return put.apply(this, a); };
      let frames = 0;
      const start = performance.now();
      const frame = () => {
        if (++frames < 120) return requestAnimationFrame(frame);
        CanvasRenderingContext2D.prototype.putImageData = put;
        // Only the clock under the chart and two ticks a second redraw; motion would six times as
        // often.
        resolve(draws <= 3 * Math.ceil((performance.now() - start) / 1000) + 2);
      };
      frame();
    })`;
    // The picture of the start comes in parts.
    const looks: boolean[] = [];
    while (looks.length < 5 && looks.at(-1) !== true) looks.push(await shown.evaluate<boolean>(isStill));
    expect(looks.at(-1)).toBe(true);
  });
});
