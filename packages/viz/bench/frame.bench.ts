// Cost of a frame in Chromium without a graphics card: `pnpm bench:viz`. Compares the pictures with
// the reference first (the tests' tolerance), then measures. No limits.
import { BrowserUnderTest } from "../test/browser/page-under-test.ts";
import { referencePicture, shareOff } from "../test/browser/reference-picture.ts";
import { randomScene } from "../test/browser/scene-spec.ts";

const COUNTS = [2_000, 20_000, 50_000, 200_000];
const FRAMES = 40;

interface Cost {
  /** Milliseconds of script per frame, median and 95th percentile. */
  readonly median: number;
  readonly p95: number;
  /** Milliseconds until the pixels can be read: script and raster. */
  readonly rasterMedian: number;
}

const browser = await BrowserUnderTest.start("chromium");
const page = await browser.open();
await page.evaluate(`(() => {
  const cost = (times) => {
    const sorted = [...times].sort((a, b) => a - b);
    return [sorted[Math.floor(sorted.length / 2)], sorted[Math.floor(sorted.length * 0.95)]];
  };
  /**
   * Calls draw(i) per frame. Measures the call, and the time until a pixel of the result can be
   * read.
   */
  globalThis.measure = (target, draw) => {
    const script = [], raster = [];
    for (let i = 0; i < ${FRAMES} + 5; i++) {
      const start = performance.now();
      draw(i);
      const middle = performance.now();
      target.getImageData(0, 0, 1, 1);
      if (i >= 5) { script.push(middle - start); raster.push(performance.now() - start); }
    }
    const [median, p95] = cost(script);
    return { median, p95, rasterMedian: cost(raster)[0] };
  };
  /** An animated chart of the reference size with this many points. */
  globalThis.chartCost = (renderer, count, side) => {
    const canvas = document.createElement("canvas");
    canvas.style.cssText = "width:1000px;height:500px";
    document.body.append(canvas);
    let ms = 0;
    const frames = { requestFrame: () => 1, cancelFrame: () => {}, setTimer: () => 1, clearTimer: () => {} };
    const chart = new viz.MempoolVisualizer(canvas, null, { renderer, webgl: viz.webglRenderer, caption: false, now: () => ms, frames, pointsMax: 250000 });
    const T = 1757535586;
    const point = (i, timestamp) => ({ timestamp, price: 113600 * (0.95 + 0.1 * ((i * 0.6180339887) % 1)), txid: i.toString(16).padStart(64, "0"), vout: 0, amount: 0.001 });
    const mempool = side === "mempool" ? count : 2;
    const transactions = Array.from({ length: mempool }, (_, i) => point(i, T - 220 * (1 - i / mempool)));
    chart.updateData({ type: "mempool_update", data: { price: 113600, confidence: 0.97, timestamp: T, transactions, interval: { low: 113300, high: 113900 }, status: "ok", source: "node" } });
    const blocks = side === "confirmed" ? 18 : 0;
    for (let b = 0; b < blocks; b++)
      chart.updateData({ type: "confirmed_update", data: { price: 113400, snapshot: false, height: 900000 + b, window: { hours: 3 },
        transactions: Array.from({ length: count / blocks }, (_, i) => point(i, T - 600 * (17 - b) - 30)) } });
    const result = measure(canvas.getContext("2d"), (i) => {
      ms += 1000 / 60;
      // Two ticks per second, like the stream.
      if (i % 30 === 0) chart.updateData({ type: "mempool_update", data: { price: 113600, confidence: 0.97, timestamp: T + ms / 1000, transactions: [], status: "ok", source: "node" } });
      chart.render();
    });
    const { rendererKind } = chart;
    chart.destroy();
    canvas.remove();
    return { ...result, rendererKind };
  };
  /** Comparison: one path per point, as charts commonly draw. */
  globalThis.pathCost = (spec) => {
    const target = inner.context(spec.width, spec.height);
    const panel = spec.width - spec.split;
    return measure(target, () => {
      target.fillStyle = "#000";
      target.fillRect(0, 0, spec.width, spec.height);
      target.fillStyle = "#ff9f0a";
      for (const [time, price] of spec.mempool) {
        const offset = 0.155 * panel * Math.log(1 + Math.max(0, spec.now - time) / 0.36);
        target.beginPath();
        target.arc(spec.width - offset, spec.height * (1 - (price - spec.priceLow) / (spec.priceHigh - spec.priceLow)),
          spec.radiusNear + (spec.radiusFar - spec.radiusNear) * (offset / panel), 0, 2 * Math.PI);
        target.fill();
      }
    });
  };
})()`);

// Check the result first: a fast renderer with a wrong picture is useless.
for (const kind of ["canvas", "webgl"] as const) {
  const spec = randomScene(1, 2000, 2000);
  const pixels = Buffer.from(await page.evaluate<string>(`inner.draw("${kind}", ${JSON.stringify(spec)})`), "base64");
  const share = shareOff(pixels, referencePicture(spec), 4);
  if (share > 0.0005) throw new Error(`${kind}: ${share * 100} % of the pixels differ from the reference`);
}
console.log("both renderers match the reference picture\n");

const ms = (value: number): string => value.toFixed(2).padStart(8);
console.log("one frame of the whole chart at 1000×500, milliseconds of script (median, p95) and with raster (median)");
console.log("points    side       renderer    median      p95  +raster   of 8 ms");
for (const count of COUNTS)
  for (const side of ["mempool", "confirmed"])
    for (const renderer of ["auto", "canvas", "webgl"]) {
      const cost = await page.evaluate<Cost>(`chartCost("${renderer}", ${count}, "${side}")`);
      console.log(
        `${String(count).padStart(6)}    ${side.padEnd(9)}  ${renderer.padEnd(8)}  ${ms(cost.median)} ${ms(cost.p95)} ${ms(cost.rasterMedian)}   ${((100 * cost.median) / 8).toFixed(0).padStart(4)} %`,
      );
    }

const peer = randomScene(2, 0, 20_000);
const path = await page.evaluate<Cost>(`pathCost(${JSON.stringify({ ...peer, radiusNear: 2, radiusFar: 1 })})`);
const ours = await page.evaluate<Cost>(`chartCost("canvas", 20000, "mempool")`);
console.log(
  `\n20,000 discs: a path each (CanvasRenderingContext2D.arc) ${path.rasterMedian.toFixed(1)} ms with raster; ` +
    `here ${ours.rasterMedian.toFixed(1)} ms: ${(path.rasterMedian / ours.rasterMedian).toFixed(0)} times less`,
);
await browser.stop();
