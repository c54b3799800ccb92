import { type BrowserPage, inSoak, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { confirmedUpdate, mempoolUpdate } from "../sample-messages.ts";
import { MAKE, onePoint } from "./chart-maker.ts";
import { BrowserUnderTest } from "./page-under-test.ts";

/** In the page: a PNG with pixels of a function. */
const BLOB_OF = `
  globalThis.realToBlob = HTMLCanvasElement.prototype.toBlob;
  globalThis.blobOf = (fill) => new Promise((resolve) => {
    const canvas = document.createElement("canvas");
    canvas.width = 2000; canvas.height = 1000;
    const context = canvas.getContext("2d");
    const image = context.createImageData(2000, 1000);
    for (let i = 0; i < image.data.length; i++) image.data[i] = fill(i);
    context.putImageData(image, 0, 0);
    realToBlob.call(canvas, resolve);
  });`;

/** A tick with a watermark and every badge. */
const fullTick = mempoolUpdate({
  snapshot: true,
  source: "simulation",
  chain: "regtest",
  status: "stale",
  price: 1_113_600,
  interval: { low: 1_113_310, high: 1_113_890 },
});

/** In the page: replaces a method of a prototype while `run` runs. */
const WITH = `
  globalThis.replaced = async (prototype, name, method, run) => {
    const real = prototype[name];
    prototype[name] = method(real);
    try { return await run(); } finally { prototype[name] = real; }
  };
  globalThis.codeOf = async (run) => { try { await run(); return "none"; } catch (error) { return error.code ?? String(error); } };`;

describe("a chart", needs("chromium"), () => {
  let browser: BrowserUnderTest;
  let page: BrowserPage;
  beforeAll(async () => {
    browser = await BrowserUnderTest.start("chromium");
    page = await browser.open();
    await page.evaluate(`(() => { ${MAKE} ${WITH} ${BLOB_OF} })()`);
  });
  afterAll(() => browser?.stop());

  it.each([
    ["null", "() => () => null"],
    ["an error", "() => () => { throw new Error('blocked'); }"],
  ])("provides price and points if getContext returns %s", async (_, method) => {
    const seen = await page.evaluate<
      unknown[]
    >(`replaced(HTMLCanvasElement.prototype, "getContext", ${method}, async () => {
      const problems = [], views = [], points = [];
      const { canvas, chart } = make(1000, 500, {
        onPicture: (problem) => problems.push(problem?.code ?? null),
        onChange: (view) => views.push(view.live?.price ?? null),
        onPoint: (point) => points.push(point?.price ?? null),
      });
      chart.updateData(${JSON.stringify(onePoint(9))});
      canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
      chart.render();
      const png = await codeOf(() => chart.toPng());
      chart.destroy();
      return [problems, views, points, png];
    })`);
    expect(seen).toEqual([["no_2d_context"], [100_000], [97_000], "no_2d_context"]);
    expect(page.faults).toEqual([]);
  });

  it("throws without a 2D context if there is no onPicture", async () => {
    const code = await page.evaluate(`replaced(HTMLCanvasElement.prototype, "getContext", () => () => null,
      () => codeOf(() => make(1000, 500)))`);
    expect(code).toBe("no_2d_context");
  });

  it("reports a lost and restored context and keeps its data current", async () => {
    const seen = await page.evaluate<unknown[]>(`(() => {
      const problems = [], views = [];
      const { canvas, chart } = make(1000, 500, {
        onPicture: (problem) => problems.push(problem?.code ?? null),
        onChange: (view) => views.push(view.live?.price ?? null),
      });
      canvas.dispatchEvent(new Event("contextlost"));
      chart.updateData(${JSON.stringify(onePoint(9))});
      chart.render();
      const blank = orange(canvas) === null;
      canvas.dispatchEvent(new Event("contextrestored"));
      const drawn = orange(canvas) !== null;
      chart.destroy();
      return [problems, views, blank, drawn];
    })()`);
    expect(seen).toEqual([["context_lost", null], [100_000], true, true]);
  });

  it("reports a failed draw, and draws when it works again", async () => {
    const seen = await page.evaluate<unknown[]>(`(async () => {
      const problems = [], views = [];
      const { canvas, chart } = make(1000, 500, {
        onPicture: (problem) => problems.push(problem?.code ?? null),
        onChange: (view) => views.push(view.live?.price ?? null),
      });
      await replaced(CanvasRenderingContext2D.prototype, "putImageData", () => () => { throw new Error("no memory"); }, () => {
        chart.updateData(${JSON.stringify(onePoint(9))});
        for (let i = 0; i < 5; i++) chart.render();
      });
      chart.render();
      const drawn = orange(canvas) !== null;
      chart.destroy();
      return [problems, views, drawn];
    })()`);
    expect(seen).toEqual([["draw_failed", null], [100_000], true]);
    // The tests read pixels back.
    expect(page.faults.filter((fault) => !fault.includes("willReadFrequently"))).toEqual([]);
  });

  it.each([
    [
      "throws",
      "(real) => function (kind, ...rest) { if (kind !== '2d') throw new Error('no'); return real.call(this, kind, ...rest); }",
    ],
    [
      "lacks methods",
      "(real) => function (kind, ...rest) { const context = real.call(this, kind, ...rest); if (kind !== '2d' && context !== null) context.bufferSubData = null; return context; }",
    ],
    [
      "reports no sizes",
      "(real) => function (kind, ...rest) { const context = real.call(this, kind, ...rest); if (kind !== '2d' && context !== null) context.getParameter = () => null; return context; }",
    ],
  ])("draws with the canvas if WebGL2 %s", async (_, method) => {
    const seen = await page.evaluate<unknown[]>(`replaced(HTMLCanvasElement.prototype, "getContext", ${method}, () => {
      const { canvas, chart } = make(1000, 500, { renderer: "webgl" });
      chart.updateData(${JSON.stringify(onePoint(9))});
      chart.render();
      const result = [chart.rendererKind, orange(canvas) !== null];
      chart.destroy();
      return result;
    })`);
    expect(seen).toEqual(["canvas", true]);
  });

  it("draws even if the browser never provides a frame", async () => {
    await page.evaluate(`(() => {
      globalThis.realFrame = requestAnimationFrame;
      globalThis.requestAnimationFrame = () => 0;
      globalThis.made = make(1000, 500);
      made.chart.updateData(${JSON.stringify(onePoint(9))});
    })()`);
    await page.waitFor("orange(made.canvas) !== null");
    await page.evaluate("made.chart.destroy(); globalThis.requestAnimationFrame = realFrame; 0");
  });

  const codeWith = (toBlob: string, options = "", during = ""): Promise<string> =>
    page.evaluate(`(async () => {
      const { canvas, chart } = make(1000, 500, { ${options} });
      chart.updateData(${JSON.stringify(onePoint(9))});
      const code = await replaced(HTMLCanvasElement.prototype, "toBlob", () => ${toBlob}, () => {
        const code = codeOf(() => chart.toPng());
        ${during}
        return code;
      });
      chart.destroy();
      canvas.remove();
      return code;
    })()`);

  it.each([
    ["noise", `(give) => blobOf(() => Math.random() * 256).then(give)`, "png_blocked"],
    ["white", `(give) => blobOf(() => 255).then(give)`, "png_blocked"],
    ["black", `(give) => blobOf((i) => (i % 4 === 3 ? 255 : 0)).then(give)`, "png_blocked"],
    ["nothing but transparency", `(give) => blobOf(() => 0).then(give)`, "png_blocked"],
    ["no blob", `(give) => give(null)`, "png_blocked"],
    ["a blob that is no image", `(give) => give(new Blob(["text"], { type: "image/png" }))`, "png_blocked"],
    ["an error", `() => { throw new Error("SecurityError"); }`, "png_blocked"],
    ["the picture", "function (give) { realToBlob.call(this, give); }", "none"],
    [
      "pixels with a few levels of noise",
      `function (give) {
        const context = this.getContext("2d");
        const image = context.getImageData(0, 0, this.width, this.height);
        for (let i = 0; i < image.data.length; i++) image.data[i] += i % 4 === 3 ? 0 : Math.round(Math.random() * 4 - 2);
        context.putImageData(image, 0, 0);
        realToBlob.call(this, give);
      }`,
      "none",
    ],
  ])("checks a PNG by its pixels if the browser returns %s", async (_, toBlob, code) => {
    expect(await codeWith(toBlob)).toBe(code);
  });

  it("returns an unmodified PNG at every size, theme and state", async () => {
    const sizes = [[100, 100], [320, 240], [390, 844], [1000, 500], ...inSoak([1920, 1080])];
    const codes = await page.evaluate<string[]>(`(async () => {
      const codes = [];
      const messages = [[], [${JSON.stringify(onePoint(9))}], [${JSON.stringify(fullTick)}, ${JSON.stringify(confirmedUpdate({}))}]];
      for (const [width, height] of ${JSON.stringify(sizes)})
        for (const [theme, confirmedOnly] of [[viz.DARK_THEME, false], [viz.COLOR_BLIND_THEME, false], [viz.PRINT_THEME, false], [viz.DARK_THEME, true]])
          for (const given of messages) {
            const { canvas, chart } = make(width, height, { theme, confirmedOnly });
            for (const message of given) chart.updateData(message);
            const code = await codeOf(() => chart.toPng(1));
            if (code !== "none") codes.push([width, height, theme.frame, confirmedOnly, given.length, code].join());
            chart.destroy();
            canvas.remove();
          }
      return codes;
    })()`);
    expect(codes).toEqual([]);
  });

  it("abandons a PNG after the timeout", async () => {
    const frames =
      "frames: { requestFrame: () => 0, cancelFrame() {}, setTimer: (run, ms) => { globalThis.due = [run, ms]; return 1; }, clearTimer() {} }";
    expect(await codeWith("() => {}", frames, "globalThis.waited = due[1]; due[0]();")).toBe("png_timeout");
    expect(await page.evaluate("waited")).toBe(15_000);
  });
});
