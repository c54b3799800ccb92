import { type BrowserPage, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { confirmedUpdate, mempoolUpdate, point, T } from "../sample-messages.ts";
import { BrowserUnderTest } from "./page-under-test.ts";

/**
 * Minutes of traffic until the stores are full: the age axis shows 15, and points are kept one
 * more.
 */
const FILL_MINUTES = 16;
/** `pnpm soak viz-memory` runs an hour with 220 points a second; the test with 80, still a lot. */
const isSoak = process.env["UTXORACLE_SOAK"] === "1";
const TRAFFIC_MINUTES = isSoak ? 60 : 22;
const POINTS_PER_TICK = isSoak ? 110 : 40;
/** Ticks per drawn frame: drawing takes most of the time, and each frame does the same. */
const TICKS_PER_FRAME = isSoak ? { canvas: 1, webgl: 5 } : { canvas: 60, webgl: 60 };
const HEAP_MAX = 50e6;
/** Heap difference allowed after a collection: cached strings and typed arrays. */
const HEAP_NOISE = 2e6;

/** Counts the resources of a chart from the page's start on. */
const WATCH = `
  globalThis.left = { listeners: 0, observers: 0, buffers: 0, programs: 0, contexts: [], sockets: 0, timers: 0, frames: 0 };
  const wrap = (owner, name, around) => { const real = owner[name]; owner[name] = function (...a) { return around.call(this, real, a); }; };
  const seen = new WeakMap();
  const keyOf = (target, a) => { if (!seen.has(target)) seen.set(target, new Map()); return [seen.get(target), a[0]]; };
  wrap(EventTarget.prototype, "addEventListener", function (real, a) {
    const [map, type] = keyOf(this, a); const set = map.get(type) ?? new Set(); map.set(type, set);
    if (!set.has(a[1])) { set.add(a[1]); left.listeners++; }
    return real.apply(this, a);
  });
  wrap(EventTarget.prototype, "removeEventListener", function (real, a) {
    const [map, type] = keyOf(this, a); if (map.get(type)?.delete(a[1])) left.listeners--;
    return real.apply(this, a);
  });
  wrap(ResizeObserver.prototype, "observe", function (real, a) { const r = real.apply(this, a); left.observers++; return r; });
  wrap(ResizeObserver.prototype, "disconnect", function (real, a) { left.observers--; return real.apply(this, a); });
  wrap(WebGL2RenderingContext.prototype, "createBuffer", function (real, a) { left.buffers++; return real.apply(this, a); });
  wrap(WebGL2RenderingContext.prototype, "deleteBuffer", function (real, a) { left.buffers--; return real.apply(this, a); });
  wrap(WebGL2RenderingContext.prototype, "createProgram", function (real, a) { left.programs++; return real.apply(this, a); });
  wrap(WebGL2RenderingContext.prototype, "deleteProgram", function (real, a) { left.programs--; return real.apply(this, a); });
  wrap(HTMLCanvasElement.prototype, "getContext", function (real, a) {
    const c = real.apply(this, a); if (a[0] === "webgl2" && c !== null && !left.contexts.includes(c)) left.contexts.push(c); return c;
  });
  const real = { setTimeout: globalThis.setTimeout.bind(globalThis) };
  const timers = new Set(), frames = new Set();
  wrap(globalThis, "setTimeout", (real, [run, ms]) => { const id = real(() => { timers.delete(id); run(); }, ms); timers.add(id); return id; });
  wrap(globalThis, "clearTimeout", (real, [id]) => { timers.delete(id); return real(id); });
  wrap(globalThis, "requestAnimationFrame", (real, [run]) => { const id = real((t) => { frames.delete(id); run(t); }); frames.add(id); return id; });
  wrap(globalThis, "cancelAnimationFrame", (real, [id]) => { frames.delete(id); return real(id); });
  globalThis.leftNow = () => ({
    listeners: left.listeners, observers: left.observers, buffers: left.buffers, programs: left.programs, sockets: left.sockets,
    contexts: left.contexts.filter((c) => !c.isContextLost()).length, timers: timers.size, frames: frames.size,
    nodes: document.querySelectorAll("*").length,
  });
  // Twice with a pause: array buffers are released in the background after a collection.
  globalThis.heapNow = async () => { gc(); await new Promise((resolve) => real.setTimeout(resolve, 200)); gc(); return performance.memory.usedJSHeapSize; };
  globalThis.FakeSocket = class { constructor() { left.sockets++; } send() {} close() { left.sockets--; } };`;

interface Left {
  readonly listeners: number;
  readonly observers: number;
  readonly buffers: number;
  readonly programs: number;
  readonly sockets: number;
  readonly contexts: number;
  readonly timers: number;
  readonly frames: number;
  readonly nodes: number;
}

describe("a chart's resources", needs("chromium"), () => {
  let browser: BrowserUnderTest;
  let page: BrowserPage;
  beforeAll(async () => {
    browser = await BrowserUnderTest.start("chromium");
    page = await browser.open();
    await page.evaluate(`(() => { ${WATCH} })()`);
  });
  afterAll(() => browser?.stop());

  it("are all released by destroy(), fifty times", async () => {
    const messages = [mempoolUpdate({ snapshot: true, transactions: [point(1, T - 5, 113_600)] }), confirmedUpdate({})];
    const [before, during, after, heapGrowth] = await page.evaluate<[Left, Left, Left, number]>(`(async () => {
      const cycle = (renderer) => {
        const canvas = document.createElement("canvas");
        canvas.style.cssText = "width:800px;height:400px";
        document.body.append(canvas);
        const chart = new viz.MempoolVisualizer(canvas, "ws://127.0.0.1:9/", { renderer, webgl: viz.webglRenderer, WebSocket: FakeSocket });
        chart.connect();
        for (const message of ${JSON.stringify(messages)}) chart.updateData(message);
        chart.render();
        canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
        chart.render();
        const during = leftNow();
        chart.destroy();
        canvas.remove();
        return during;
      };
      cycle("webgl");
      const heap = await heapNow();
      const before = leftNow();
      let during;
      for (let i = 0; i < 50; i++) during = cycle(i % 10 === 0 ? "webgl" : "canvas");
      // Wait for the last frame callbacks and the page's collection of canvases.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      left.contexts.length = 0;
      return [before, during, leftNow(), (await heapNow()) - heap];
    })()`);
    // Check of the test itself: a living chart holds them all.
    expect(during).toMatchObject({
      listeners: before.listeners + 10,
      observers: before.observers + 1,
      sockets: before.sockets + 1,
    });
    expect(during.nodes).toBeGreaterThan(before.nodes + 1);
    expect(after).toEqual({ ...before, contexts: 0 });
    expect(before.contexts).toBe(0);
    expect(heapGrowth).toBeLessThan(HEAP_NOISE);
  });

  it.each(["canvas", "webgl"] as const)(
    `stay constant and below 50 MB over ${TRAFFIC_MINUTES} minutes of traffic, %s renderer`,
    { timeout: 3_600_000 },
    async (renderer) => {
      await page.evaluate(`(() => {
        const canvas = document.createElement("canvas");
        canvas.style.cssText = "width:1000px;height:500px";
        document.body.append(canvas);
        let ms = 0;
        // Without frames of its own the chart runs as fast as the machine.
        const frames = { requestFrame: () => 1, cancelFrame: () => {}, setTimer: () => 1, clearTimer: () => {} };
        const chart = new viz.MempoolVisualizer(canvas, null, { renderer: "${renderer}", webgl: viz.webglRenderer, now: () => ms, frames });
        const base = ${JSON.stringify(mempoolUpdate({}))};
        let seq = 0, n = 0;
        globalThis.traffic = async (ticks) => {
          for (let i = 0; i < ticks; i++) {
            const timestamp = ${T} + ++seq / 2;
            const transactions = [];
            for (let k = 0; k < ${POINTS_PER_TICK}; k++) {
              n++;
              transactions.push({ timestamp: timestamp - 0.5 + k / ${2 * POINTS_PER_TICK}, price: 113600 * (0.95 + 0.1 * ((n * 0.61803) % 1)),
                txid: n.toString(16).padStart(64, "0"), vout: n % 2, amount: 0.001 });
            }
            const data = { ...base.data, seq, timestamp, transactions, snapshot: seq === 1, price: 113600 + 40 * Math.sin(seq / 9) };
            chart.updateData(JSON.stringify({ type: "mempool_update", data }));
            if (seq % 1200 === 600) chart.updateData(JSON.stringify({ type: "confirmed_update", data: { ...${JSON.stringify(confirmedUpdate({}).data)},
              snapshot: false, height: 914000 + seq, block_timestamp: Math.floor(timestamp),
              transactions: transactions.slice(0, 100).map((p) => ({ ...p, timestamp: Math.floor(timestamp) })) } }));
            ms += 500;
            if (seq % ${TICKS_PER_FRAME[renderer]} === 0) chart.render();
          }
          return { heap: await heapNow(), left: leftNow(), applied: chart.counts.applied, kind: chart.rendererKind };
        };
        globalThis.endTraffic = () => { chart.destroy(); canvas.remove(); };
      })()`);
      type Held = { heap: number; left: Left; applied: number; kind: string };
      const ticks = TRAFFIC_MINUTES * 120;
      const early = await page.evaluate<Held>(`traffic(${FILL_MINUTES * 120})`);
      const late = await page.evaluate<Held>(`traffic(${ticks - FILL_MINUTES * 120})`);
      await page.evaluate("endTraffic()");
      expect(early.kind).toBe(renderer);
      expect(late.applied).toBe(ticks + Math.floor((ticks + 600) / 1200));
      expect(late.heap).toBeLessThan(HEAP_MAX);
      expect(late.heap - early.heap).toBeLessThan(HEAP_NOISE);
      expect(late.left).toEqual(early.left);
      console.log(
        `${renderer}: ${TRAFFIC_MINUTES} min of traffic, heap ${(late.heap / 1e6).toFixed(1)} MB, ${((late.heap - early.heap) / 1e6).toFixed(2)} MB more than after ${FILL_MINUTES} min`,
      );
    },
  );
});
