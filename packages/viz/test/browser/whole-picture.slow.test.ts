import { type BrowserPage, inSoak, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { confirmedUpdate, mempoolUpdate, point, T } from "../sample-messages.ts";
import { MAKE, onePoint } from "./chart-maker.ts";
import { BrowserUnderTest } from "./page-under-test.ts";

describe("the whole picture", needs("chromium"), () => {
  let browser: BrowserUnderTest;
  let page: BrowserPage;
  beforeAll(async () => {
    browser = await BrowserUnderTest.start("chromium");
    page = await browser.open();
    await page.evaluate(`(() => { ${MAKE} })()`);
  });
  afterAll(() => browser?.stop());

  it.each<[number, number]>([
    [320, 240],
    [390, 510],
    [599, 400],
    [700, 320],
    [1000, 482],
    ...inSoak<[number, number]>([1920, 900]),
  ])("at %d×%d has no overlapping, cut-off or tiny text", async (width, height) => {
    const problems = await page.evaluate<string[]>(`(() => {
      const problems = [];
      const real = CanvasRenderingContext2D.prototype.fillText;
      let boxes = [];
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y, room) {
        const size = parseFloat(/([\\d.]+)px/.exec(this.font)[1]);
        const full = this.measureText(text).width;
        const wide = Math.min(full, room ?? full);
        const left = this.textAlign === "right" ? x - wide : this.textAlign === "center" ? x - wide / 2 : x;
        // The watermark lies under everything else.
        if (this.globalAlpha > 0.5) boxes.push({ text, left, right: left + wide, top: y - size * 0.4, bottom: y + size * 0.4, size });
        return real.apply(this, arguments);
      };
      const node = ${JSON.stringify(mempoolUpdate({}).data.node)};
      for (const caption of [false, true]) for (const price of [9.87, 950.5, 9870, 87321, 113600.5, 1113600]) for (const apart of [1, 1.004, 1.03]) {
        const { canvas, chart } = make(${width}, ${height}, { caption, wallClock: () => (${T} + 190) * 1000 });
        const interval = { low: price * 0.997, high: price * 1.003 };
        chart.updateData({ type: "mempool_update", data: { ...${JSON.stringify(mempoolUpdate({ snapshot: true, chain: "regtest", source: "simulation", status: "low_confidence", confidence: 0.4 }).data)}, node: { ...node, connected: false, missed_messages: 1234 }, price, interval } });
        const blocks = Array.from({ length: 20 }, (_, b) => ({ timestamp: ${T} - 10000 + 500 * b, price }));
        chart.updateData({ type: "confirmed_update", data: { price: price * apart, interval, height: 914000, window: { first_height: 913981, last_height: 914000, hours: 3 }, snapshot: true, transactions: blocks } });
        boxes = [];
        chart.render();
        const where = " at " + price + " × " + apart + (caption ? " with caption" : "");
        if (boxes.length < 15) problems.push("only " + boxes.length + " texts" + where);
        boxes.forEach((a, i) => {
          if (a.left < -0.5 || a.right > ${width} + 0.5 || a.top < -0.5 || a.bottom > ${height} + 0.5) problems.push(JSON.stringify(a) + " is cut off" + where);
          if (a.size < 7.5) problems.push(JSON.stringify(a) + " is too small" + where);
          for (const b of boxes.slice(i + 1))
            if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5)
              problems.push(a.text + " overlaps " + b.text + where);
        });
        chart.destroy();
        canvas.remove();
      }
      CanvasRenderingContext2D.prototype.fillText = real;
      return problems;
    })()`);
    expect(problems).toEqual([]);
  });

  it("labels a stale price as the last one", async () => {
    const ticks = (["ok", "stale"] as const).map((status, seq) => mempoolUpdate({ snapshot: true, seq, status }));
    const labels = await page.evaluate<string[][]>(`(() => {
      const real = CanvasRenderingContext2D.prototype.fillText;
      let texts = [];
      CanvasRenderingContext2D.prototype.fillText = function (text) { texts.push(text); return real.apply(this, arguments); };
      const { canvas, chart } = make(1000, 482);
      const labels = ${JSON.stringify(ticks)}.map((tick) => {
        chart.updateData(tick);
        texts = [];
        chart.render();
        return texts.filter((text) => /^(Now|Last): /.test(text));
      });
      chart.destroy();
      canvas.remove();
      CanvasRenderingContext2D.prototype.fillText = real;
      return labels;
    })()`);
    expect(labels).toEqual([["Now: $113,601"], ["Last: $113,601"]]);
  });

  it("survives valid messages with absurd values", async () => {
    const far = [0, 5e-324, 1e-9, 1e5, 1e9];
    const live = mempoolUpdate({}).data;
    const chain = confirmedUpdate({}).data;
    const absurd = far.flatMap((n) => {
      const price = n || null;
      const points = [{ ...point(1, n, n || 1) }, { ...point(2, T, n || 1) }, { ...point(3, n, 100_000) }];
      return [
        mempoolUpdate({
          snapshot: true,
          price,
          interval: price === null ? null : { low: n, high: n },
          transactions: points,
        }),
        mempoolUpdate({ snapshot: true, interval: price === null ? null : { low: n, high: 1 } }),
        mempoolUpdate({
          snapshot: true,
          timestamp: n,
          price_timestamp: n,
          status: "stale",
          chain: "x".repeat(32),
          transactions: points,
        }),
        mempoolUpdate({
          snapshot: true,
          node: { ...live.node, last_block_timestamp: n, last_message_age: n },
          stats: { ...live.stats, uptime_seconds: n },
        }),
        confirmedUpdate({
          price,
          block_timestamp: n,
          window: { ...chain.window, hours: Math.min(n, 1e5) },
          transactions: points,
        }),
        confirmedUpdate({
          snapshot: false,
          height: Number.MAX_SAFE_INTEGER,
          window: { ...chain.window, hours: Math.min(n, 1e5) },
          transactions: points.map((made) => ({ ...made, timestamp: 1e11 })),
        }),
      ].map((message, i) => ({ ...message, data: { ...message.data, seq: i, epoch: `${n}_${i}` } }));
    });
    const [applied, errors, found] = await page.evaluate<[number, string[], { x: number } | null]>(`(async () => {
      const { canvas, chart } = make(1000, 500, { caption: true, renderer: "canvas" });
      const errors = [];
      for (const message of ${JSON.stringify(absurd)}) {
        try {
          chart.updateData(message);
          for (let i = 0; i < 4; i++) { chart.render(); clock.ms += 700; }
          canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: 400, clientY: 200 }));
          canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
          canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp" }));
          chart.render();
          viz.stateBadges(chart.view);
          await chart.toPng(1);
        } catch (error) { errors.push(error + " after " + JSON.stringify(message).slice(0, 400)); }
      }
      const { applied } = chart.counts;
      chart.destroy();
      canvas.remove();
      // A chart that received them all still draws the next point.
      const after = make(1000, 500);
      for (const message of ${JSON.stringify(absurd)}) after.chart.updateData(message);
      after.chart.updateData({ ...${JSON.stringify(confirmedUpdate({ price: null, status: "warming_up", transactions: [] }))} });
      after.chart.updateData(${JSON.stringify(onePoint(9))});
      after.chart.render();
      clock.ms += 5000;
      after.chart.render();
      const found = orange(after.canvas);
      after.chart.destroy();
      after.canvas.remove();
      return [applied, errors, found];
    })()`);
    expect(errors).toEqual([]);
    // Of each twelfth, the deltas with a known height count as duplicates.
    expect(applied).toBeGreaterThan(absurd.length * 0.8);
    expect(found?.x).toBeCloseTo(930 - 0.1278 * 258 * Math.log(1 + 9 / 0.36), 0);
  });
});
