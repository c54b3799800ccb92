import { type BrowserPage, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { confirmedUpdate, mempoolUpdate, point, T } from "../sample-messages.ts";
import { MAKE, onePoint } from "./chart-maker.ts";
import { BrowserUnderTest } from "./page-under-test.ts";

describe("the chart on a canvas", needs("chromium"), () => {
  let browser: BrowserUnderTest;
  let page: BrowserPage;
  beforeAll(async () => {
    browser = await BrowserUnderTest.start("chromium");
    page = await browser.open();
    await page.evaluate(`(() => { ${MAKE} })()`);
  });
  afterAll(() => browser?.stop());

  it.each([1, 2, 2.5])("draws a point at its place, at %d device pixels per CSS pixel", async (ratio) => {
    // The frame at 1000 × 500: 70 px margins, the mempool in the right 30 %.
    const [right, width] = [930, 258];
    for (const age of [2, 9, 30, 100]) {
      const found = await page.evaluate<{ x: number; y: number; width: number }>(`(() => {
        const { canvas, chart } = make(1000, 500, { devicePixelRatio: ${ratio} });
        chart.updateData(${JSON.stringify(onePoint(age))});
        chart.render();
        const found = orange(canvas, ${ratio});
        chart.destroy();
        canvas.remove();
        return found;
      })()`);
      const offset = 0.1278 * width * Math.log(1 + age / 0.36);
      expect(found.x).toBeCloseTo(right - offset, 0);
      // Radius: 7 CSS pixels at the right edge, 1.8 at the left one.
      expect(found.width).toBeGreaterThan(2 * (7 - (5.2 * offset) / width) - 2);
      expect(found.width).toBeLessThan(2 * (7 - (5.2 * offset) / width) + 1.5);
      // 95,000 is at the bottom of the frame, 105,000 at its top.
      const [top, bottom] = [26, 500 - 47];
      expect(found.y).toBeCloseTo(bottom - ((97_000 - 95_000) / 10_000) * (bottom - top), 0);
    }
  });

  it("moves a point left and shrinks it over time", async () => {
    const seen = await page.evaluate<{ x: number; width: number }[]>(`(() => {
      const { canvas, chart } = make(1000, 500);
      const seen = [];
      chart.updateData(${JSON.stringify(onePoint(1))});
      for (let i = 0; i < 60; i++) {
        chart.render();
        if (i % 10 === 0) seen.push(orange(canvas));
        clock.ms += 500;
        chart.updateData({ type: "mempool_update", data: { price: 100000, confidence: 1, timestamp: ${T} + (i + 1) / 2, transactions: [] } });
      }
      chart.destroy();
      canvas.remove();
      return seen;
    })()`);
    expect(seen).toHaveLength(6);
    for (let i = 1; i < seen.length; i++) {
      expect(seen[i]?.x).toBeLessThan(seen[i - 1]?.x as number);
      expect(seen[i]?.width).toBeLessThanOrEqual(seen[i - 1]?.width as number);
    }
  });

  it("draws once per frame after any number of messages, and not without changes", async () => {
    const draws = await page.evaluate<number[]>(`(async () => {
      const put = CanvasRenderingContext2D.prototype.putImageData;
      let draws = 0;
      CanvasRenderingContext2D.prototype.putImageData = function (...a) { draws++; return put.apply(this, a); };
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      // The clock under the picture requests a frame each second, which must not come during this
      // test.
      const timers = [];
      const frames = {
        requestFrame: (run) => requestAnimationFrame(run), cancelFrame: (id) => cancelAnimationFrame(id),
        setTimer: (run, ms) => timers.push(ms), clearTimer() {},
      };
      const { canvas, chart } = make(1000, 500, { wallClock: () => ${T} * 1000 + 1, frames });
      chart.updateData(${JSON.stringify(mempoolUpdate({ snapshot: true, transactions: [point(1, T - 5, 113_000)] }))});
      await frame(); await frame(); await frame();
      const result = [];
      draws = 0;
      for (let seq = 2; seq < 52; seq++) chart.updateData({ ...${JSON.stringify(mempoolUpdate({}))}, data: { ...${JSON.stringify(mempoolUpdate({}).data)}, seq } });
      await frame();
      result.push(draws);
      draws = 0;
      for (let i = 0; i < 20; i++) await frame();
      result.push(draws);
      chart.destroy();
      canvas.remove();
      CanvasRenderingContext2D.prototype.putImageData = put;
      return [...result, Math.min(...timers)];
    })()`);
    expect(draws).toEqual([1, 0, 999]);
  });

  it("follows the page's size and density and is never blank", async () => {
    const seen = await page.evaluate<[number, number, boolean][]>(`(async () => {
      const { canvas, chart } = make(600, 400);
      chart.updateData(${JSON.stringify(onePoint(5))});
      const seen = [];
      for (const [width, height] of [[600, 400], [820, 300], [333, 500]]) {
        canvas.style.width = width + "px";
        canvas.style.height = height + "px";
        // Read the canvas when the page is painted: after the resize observers ran.
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        seen.push([canvas.width, canvas.height, data.some((v, i) => i % 4 !== 3 && v > 0)]);
      }
      chart.destroy();
      canvas.remove();
      return seen;
    })()`);
    expect(seen).toEqual([
      [600, 400, true],
      [820, 300, true],
      [333, 500, true],
    ]);
  });

  it.each([1, 2, 3])("has the screen's resolution at %d device pixels per CSS pixel", async (deviceScaleFactor) => {
    const sharp = await browser.open({ width: 700, height: 500, deviceScaleFactor });
    await sharp.evaluate(`(() => { ${MAKE} })()`);
    const seen = await sharp.evaluate<number[]>(`(async () => {
      const { canvas, chart } = make(600, 400);
      chart.updateData(${JSON.stringify(onePoint(5))});
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      // The frame's left edge is 65 CSS pixels from the canvas edge: white there, black before.
      const { data } = canvas.getContext("2d").getImageData(0, canvas.height / 2 + 3, canvas.width, 1);
      let edge = 0;
      while (edge < canvas.width && data[4 * edge] < 128) edge++;
      return [canvas.width, canvas.height, edge / ${deviceScaleFactor}];
    })()`);
    await sharp.close();
    expect(seen.slice(0, 2)).toEqual([600 * deviceScaleFactor, 400 * deviceScaleFactor]);
    expect(Math.abs((seen[2] as number) - 70)).toBeLessThanOrEqual(8);
  });

  it("keeps the size of a canvas without CSS size at every density", async () => {
    const sizes = await page.evaluate<number[]>(`(() => {
      const canvas = document.createElement("canvas");
      canvas.width = 500; canvas.height = 300;
      document.body.append(canvas);
      const chart = new viz.MempoolVisualizer(canvas, null, { devicePixelRatio: 3 });
      chart.render(); chart.render();
      const sizes = [canvas.width, canvas.clientWidth, canvas.height, canvas.clientHeight];
      chart.destroy();
      canvas.remove();
      return sizes;
    })()`);
    expect(sizes).toEqual([1500, 500, 900, 300]);
  });

  it("shows the point under the pointer on a scaled page, as text", async () => {
    const facts = await page.evaluate<string>(`(async () => {
      const { canvas, chart } = make(1000, 500);
      canvas.style.transformOrigin = "0 0";
      canvas.style.transform = "scale(0.5)";
      chart.updateData(${JSON.stringify(onePoint(9))});
      chart.render();
      const { x, y } = orange(canvas);
      const box = canvas.getBoundingClientRect();
      canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + x / 2, clientY: box.top + y / 2 }));
      chart.render();
      const text = document.querySelector("[role=tooltip]").textContent;
      chart.destroy();
      canvas.remove();
      return text + document.querySelectorAll("[role=tooltip]").length;
    })()`);
    expect(facts).toContain("Price: $97,000");
    expect(facts).toContain(point(1, 0, 1).txid);
    expect(facts.endsWith("0")).toBe(true);
  });

  it("selects a new point that no frame has shown yet", async () => {
    const [byKey, taken, byPointer] = await page.evaluate<[string, boolean, string]>(`(() => {
      const tooltipAfter = (act) => {
        // A slow machine: the user acts before the first frame.
        const { canvas, chart } = make(1000, 500, { frames: { requestFrame: () => 0, cancelFrame() {}, setTimer: () => 0, clearTimer() {} } });
        chart.updateData(${JSON.stringify(onePoint(9))});
        const result = act(canvas);
        chart.render();
        const text = document.querySelector("[role=tooltip]")?.textContent ?? "none";
        chart.destroy();
        canvas.remove();
        return [text, result];
      };
      const [byKey, taken] = tooltipAfter((canvas) => !canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "End", cancelable: true })));
      const [byPointer] = tooltipAfter((canvas) => {
        const box = canvas.getBoundingClientRect();
        const [x, y] = ${JSON.stringify([930 - 0.1278 * 258 * Math.log(1 + 9 / 0.36), 453 - 0.2 * 427])};
        canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + x, clientY: box.top + y }));
      });
      return [byKey, taken, byPointer];
    })()`);
    expect(byKey).toContain("$97,000");
    expect(taken).toBe(true);
    expect(byPointer).toContain("$97,000");
  });

  it("does not animate with reduced motion, and still shows new points", async () => {
    const seen = await page.evaluate<unknown[]>(`(() => {
      const { canvas, chart } = make(1000, 500, { reducedMotion: true });
      const tick = (seconds, extra = {}) => chart.updateData({ type: "mempool_update",
        data: { price: 100000, confidence: 1, timestamp: ${Math.ceil(T / 2) * 2} + seconds, transactions: [], ...extra } });
      tick(0, { transactions: [{ timestamp: ${T} - 9, price: 97000 }] });
      const xs = [];
      for (let i = 0; i < 8; i++) { tick(i / 4); chart.render(); xs.push(orange(canvas).x); clock.ms += 250; }
      tick(4);
      chart.render();
      const after = orange(canvas).x;
      chart.destroy();
      canvas.remove();
      return [new Set(xs).size, after < xs[0]];
    })()`);
    expect(seen).toEqual([1, true]);
  });

  it("requests no snapshot after a node resync or the first price", async () => {
    const node = mempoolUpdate({}).data.node;
    const ticks = [
      mempoolUpdate({ snapshot: true, seq: 1, price: null, interval: null, status: "warming_up" }),
      mempoolUpdate({ seq: 2, price: null, interval: null, status: "warming_up" }),
      mempoolUpdate({ seq: 3, node: { ...node, resyncing: true } }),
      mempoolUpdate({ seq: 4 }),
      // A gap, to prove that the chart requests a snapshot at all.
      mempoolUpdate({ seq: 6 }),
    ];
    const sent = await page.evaluate<number[]>(`(() => {
      let socket, sent = 0;
      class Socket { constructor() { socket = this; } send() { sent++; } close() {} }
      const canvas = document.createElement("canvas");
      const chart = new viz.MempoolVisualizer(canvas, "ws://127.0.0.1:9/", { WebSocket: Socket });
      chart.connect();
      socket.onopen({});
      const after = ${JSON.stringify(ticks)}.map((tick) => (socket.onmessage({ data: JSON.stringify(tick) }), sent));
      chart.destroy();
      return after;
    })()`);
    expect(sent).toEqual([0, 0, 0, 0, 1]);
  });

  it("draws points without ids, and ignores ticks without number or status", async () => {
    const { txid: _id, vout: _vout, amount: _amount, ...bare } = point(1, T - 5, 97_000);
    const tick = mempoolUpdate({ snapshot: true, price: 100_000, interval: null, transactions: [bare as never] });
    const without = (...fields: string[]) => ({
      ...tick,
      data: Object.fromEntries(Object.entries(tick.data).filter(([name]) => !fields.includes(name))),
    });
    const shown = await page.evaluate<unknown[]>(`(() => {
      let socket;
      class Socket { constructor() { socket = this; } send() {} close() {} }
      const shown = [];
      for (const tick of ${JSON.stringify([tick, without("seq", "epoch"), without("status")])}) {
        const canvas = document.createElement("canvas");
        canvas.style.cssText = "width:1000px;height:500px";
        document.body.append(canvas);
        const chart = new viz.MempoolVisualizer(canvas, "ws://127.0.0.1:9/", { WebSocket: Socket, caption: false });
        chart.connect();
        socket.onopen({});
        socket.onmessage({ data: JSON.stringify(tick) });
        chart.render();
        shown.push([chart.view.live?.price ?? null, chart.view.unreadable, orange(canvas) !== null]);
        chart.destroy();
        canvas.remove();
      }
      return shown;
    })()`);
    expect(shown).toEqual([
      [100_000, 0, true],
      [null, 1, false],
      [null, 1, false],
    ]);
  });

  it("accepts a relative address", async () => {
    const urls = await page.evaluate<string[]>(`(() => {
      const urls = [];
      class Socket { constructor(url) { urls.push(url); } send() {} close() {} }
      for (const address of ["ws/mempool", "/ws/mempool", "https://example.org/x/ws", "wss://example.org/ws", "ws://127.0.0.1:9/ws"]) {
        const chart = new viz.MempoolVisualizer(document.createElement("canvas"), address, { WebSocket: Socket });
        chart.connect();
        chart.destroy();
      }
      return urls.map((url) => url.replace(location.host, "HOST"));
    })()`);
    expect(urls).toEqual([
      "ws://HOST/ws/mempool",
      "ws://HOST/ws/mempool",
      "wss://example.org/x/ws",
      "wss://example.org/ws",
      "ws://127.0.0.1:9/ws",
    ]);
  });

  it("is redrawn after its context is restored, but not after destroy()", async () => {
    const seen = await page.evaluate<boolean[]>(`(() => {
      const { canvas, chart } = make(400, 300);
      chart.updateData(${JSON.stringify(onePoint(5))});
      chart.render();
      const context = canvas.getContext("2d");
      const isBlank = () => !context.getImageData(0, 0, canvas.width, canvas.height).data.some((v, i) => i % 4 !== 3 && v > 0);
      const taken = () => { context.setTransform(1, 0, 0, 1, 0, 0); context.fillStyle = "#000"; context.fillRect(0, 0, 400, 300); };
      taken();
      const seen = [isBlank()];
      canvas.dispatchEvent(new Event("contextrestored"));
      seen.push(isBlank());
      chart.destroy();
      taken();
      canvas.dispatchEvent(new Event("contextrestored"));
      seen.push(isBlank());
      canvas.remove();
      return seen;
    })()`);
    expect(seen).toEqual([true, false, true]);
  });

  it("saves a PNG with title, price and source", async () => {
    const [type, width, height, differs] = await page.evaluate<[string, number, number, boolean]>(`(async () => {
      const { canvas, chart } = make(800, 500);
      chart.updateData(${JSON.stringify(mempoolUpdate({ snapshot: true, source: "simulation" }))});
      const blob = await chart.toPng(2);
      const image = await createImageBitmap(blob);
      const copy = inner.context(image.width, image.height);
      copy.drawImage(image, 0, 0);
      // The page's chart has no caption; the PNG has the price in its top right corner.
      const { data } = copy.getImageData(image.width - 300, 0, 300, 70);
      const result = [blob.type, image.width, image.height, data.some((v, i) => i % 4 !== 3 && v > 200)];
      chart.destroy();
      canvas.remove();
      return result;
    })()`);
    expect([type, width, height, differs]).toEqual(["image/png", 1600, 1000, true]);
  });

  it("throws on invalid arguments and after destroy()", async () => {
    const codes = await page.evaluate<string[]>(`(() => {
      const code = (run) => { try { run(); return "none"; } catch (error) { return error.name + " " + error.code; } };
      const taken = document.createElement("canvas");
      taken.getContext("webgl2");
      const { canvas, chart } = make(100, 100);
      chart.destroy();
      chart.destroy();
      canvas.remove();
      return [
        code(() => new viz.MempoolVisualizer("nowhere", null)),
        code(() => new viz.MempoolVisualizer(document.body, null)),
        code(() => new viz.MempoolVisualizer(taken, null)),
        code(() => new viz.MempoolVisualizer(document.createElement("canvas"), "http://[")),
        code(() => new viz.MempoolVisualizer(document.createElement("canvas"), "ftp://127.0.0.1/ws")),
        code(() => chart.render()),
        code(() => { const c = make(100, 100, { theme: { ...viz.DARK_THEME, mempool: "orange" } }); c.chart.updateData(${JSON.stringify(onePoint(1))}); c.chart.render(); }),
      ];
    })()`);
    expect(codes).toEqual([
      "VizError canvas_not_found",
      "VizError canvas_not_found",
      "VizError no_2d_context",
      "StreamClientError bad_url",
      "StreamClientError bad_url",
      "VizError destroyed",
      "VizError bad_color",
    ]);
  });

  it("draws the label of the confirmed average on the left axis", async () => {
    const cyan = await page.evaluate<number>(`(() => {
      const { canvas, chart } = make(1000, 500);
      chart.updateData(${JSON.stringify(mempoolUpdate({ snapshot: true, price: 113_400, interval: null }))});
      chart.updateData(${JSON.stringify(confirmedUpdate({ price: 113_400 }))});
      chart.render();
      // The middle of the axis, in the label left of the frame.
      const { data } = canvas.getContext("2d").getImageData(56, Math.round((26 + 453) / 2) - 7, 2, 2);
      chart.destroy();
      canvas.remove();
      return data[2];
    })()`);
    expect(cyan).toBe(255);
  });
});
