import { type BrowserName, type BrowserPage, inSoak, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BrowserUnderTest } from "./page-under-test.ts";
import { referencePicture, shareOff } from "./reference-picture.ts";
import { randomScene, type SceneSpec } from "./scene-spec.ts";

/** Rounding in each layer accumulates where many points overlap. */
const TOLERANCE = 4;
/**
 * Dots snap to whole pixels. If a position is within 32-bit precision of a half, the graphics card
 * may choose the next pixel. Other pixels must be within the tolerance.
 */
const SHARE_OFF = { canvas: 0, webgl: 0.0005 };

describe("the drawn points", needs("chromium"), () => {
  let browser: BrowserUnderTest;
  let page: BrowserPage;
  beforeAll(async () => {
    browser = await BrowserUnderTest.start("chromium");
    page = await browser.open();
  });
  afterAll(() => browser?.stop());

  async function share(kind: "canvas" | "webgl", spec: SceneSpec, pieces = 1): Promise<number> {
    const text = await page.evaluate<string>(`inner.draw(${JSON.stringify(kind)}, ${JSON.stringify(spec)}, ${pieces})`);
    return shareOff(Buffer.from(text, "base64"), referencePicture(spec), TOLERANCE);
  }

  describe.each(["canvas", "webgl"] as const)("by %s", (kind) => {
    it.each([
      ["a few points", randomScene(1, 60, 40)],
      ["many, over each other", randomScene(2, 3000, 3000)],
      ["at double density", randomScene(3, 400, 300, 2)],
      ["one-pixel dots, smaller discs", { ...randomScene(4, 500, 500), dotSize: 1, radiusNear: 0.9, radiusFar: 0.4 }],
      ["on white", { ...randomScene(5, 200, 200), background: [255, 255, 255] as const }],
      ["nothing at all", randomScene(6, 0, 0)],
    ])("match the reference: %s", async (_, spec) => {
      expect(await share(kind, spec)).toBeLessThanOrEqual(SHARE_OFF[kind]);
    });

    it("match the reference with many points while time passes", async () => {
      const spec = randomScene(10, 50, 7000);
      const shares = await page.evaluate<string[]>(`(() => {
        const target = inner.context(${spec.width}, ${spec.height});
        const renderer = inner.makeRenderer("${kind}");
        const scene = inner.sceneOf(${JSON.stringify(spec)});
        const pictures = [];
        for (const later of [0, 0.016, 0.1, 0.2, 5]) {
          renderer.draw(target, { ...scene, mempool: { ...scene.mempool, now: scene.mempool.now + later } });
          pictures.push(inner.pixels(target));
        }
        renderer.destroy();
        return pictures;
      })()`);
      [0, 0.016, 0.1, 0.2, 5].forEach((later, i) => {
        const expected = referencePicture({ ...spec, now: spec.now + later });
        const found = Buffer.from(shares[i] as string, "base64");
        // Settled points may be a tenth of a pixel off: a tenth of the color at their edges.
        expect(shareOff(found, expected, kind === "canvas" ? 26 + TOLERANCE : TOLERANCE)).toBeLessThanOrEqual(0.0005);
      });
    });

    it("do not depend on the number of ticks", async () => {
      expect(await share(kind, randomScene(7, 100, 4000), 60)).toBeLessThanOrEqual(SHARE_OFF[kind]);
    });
  });

  it("differ visibly with a point shifted, larger, missing or recolored", async () => {
    const spec = randomScene(8, 60, 40);
    const expected = referencePicture(spec);
    const wrong: Partial<SceneSpec>[] = [
      { now: spec.now + 0.5 },
      { radiusNear: spec.radiusNear + 0.5 },
      { mempool: spec.mempool.slice(1, -1) },
      { confirmedColor: [0, 229, 235] },
      { confirmed: spec.confirmed.map(([time, price]) => [time, price + 30] as const) },
    ];
    for (const change of wrong) {
      const text = await page.evaluate<string>(`inner.draw("canvas", ${JSON.stringify({ ...spec, ...change })})`);
      expect(shareOff(Buffer.from(text, "base64"), expected, TOLERANCE)).toBeGreaterThan(SHARE_OFF.webgl);
    }
  });

  it("are left to the canvas if WebGL2 runs in software", async () => {
    const spec = randomScene(11, 100, 60_000);
    const kinds = await page.evaluate<string[]>(`(() => {
      const target = inner.context(${spec.width}, ${spec.height});
      const scene = inner.sceneOf(${JSON.stringify(spec)});
      const chosen = new inner.AdaptiveRenderer("auto", () => {});
      chosen.draw(target, scene);
      const kinds = [chosen.kind];
      chosen.destroy();
      // A browser that hides the renderer's name: the time per frame decides.
      const getExtension = WebGL2RenderingContext.prototype.getExtension;
      WebGL2RenderingContext.prototype.getExtension = function (name) {
        return name === "WEBGL_debug_renderer_info" ? null : getExtension.call(this, name);
      };
      const now = performance.now;
      let ms = 0;
      performance.now = () => (ms += 20);
      const measured = new inner.AdaptiveRenderer("auto", () => {});
      for (let i = 0; i < 8; i++) { measured.draw(target, scene); kinds.push(measured.kind); }
      performance.now = now;
      WebGL2RenderingContext.prototype.getExtension = getExtension;
      measured.destroy();
      return kinds;
    })()`);
    expect(kinds).toEqual(["canvas", ...Array(7).fill("webgl"), "canvas"]);
  });

  it("use the canvas while the WebGL2 context is lost", async () => {
    const spec = randomScene(9, 100, 100);
    const steps = await page.evaluate<{ kind: string; pixels: string }[]>(`(async () => {
      const contexts = [];
      const getContext = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, options) {
        const made = getContext.call(this, kind, options);
        if (kind === "webgl2" && made !== null && !contexts.includes(made)) contexts.push(made);
        return made;
      };
      let restored;
      const renderer = new inner.AdaptiveRenderer("webgl", () => restored());
      const target = inner.context(${spec.width}, ${spec.height});
      const scene = inner.sceneOf(${JSON.stringify(spec)});
      const steps = [];
      const draw = () => {
        target.fillRect(0, 0, 1e4, 1e4);
        renderer.draw(target, scene);
        steps.push({ kind: renderer.kind, pixels: inner.pixels(target) });
      };
      draw();
      const loss = contexts[0].getExtension("WEBGL_lose_context");
      loss.loseContext();
      draw();
      await new Promise((resolve) => setTimeout(resolve, 0));
      draw();
      await new Promise((resolve) => { restored = resolve; loss.restoreContext(); });
      draw();
      renderer.destroy();
      HTMLCanvasElement.prototype.getContext = getContext;
      return [...steps, { kind: String(contexts.length) + contexts.every((c) => c.isContextLost()), pixels: "" }];
    })()`);
    expect(steps.map((step) => step.kind)).toEqual(["webgl", "canvas", "canvas", "webgl", "1true"]);
    const expected = referencePicture(spec);
    for (const step of steps.slice(0, 4))
      expect(shareOff(Buffer.from(step.pixels, "base64"), expected, TOLERANCE)).toBeLessThanOrEqual(SHARE_OFF.webgl);
    expect(page.faults.filter((fault) => !/CONTEXT_LOST|lost/i.test(fault))).toEqual([]);
  });
});

// The page's tests see the points of both sides in these browsers. Headless Firefox has no WebGL2;
// WebKit runs it in software.
describe.each(inSoak<[BrowserName, ("canvas" | "webgl")[]]>(["firefox", ["canvas"]], ["webkit", ["canvas", "webgl"]]))(
  "the drawn points in %s",
  (name, kinds) => {
    describe("on this machine", needs(name), () => {
      let browser: BrowserUnderTest;
      let page: BrowserPage;
      beforeAll(async () => {
        browser = await BrowserUnderTest.start(name);
        page = await browser.open();
      });
      afterAll(() => browser?.stop());

      it.each(kinds)("match the reference with %s", async (kind) => {
        for (const spec of [randomScene(1, 60, 40), randomScene(3, 400, 300, 2), randomScene(6, 0, 0)]) {
          const pixels = await page.evaluate<string>(`inner.draw("${kind}", ${JSON.stringify(spec)})`);
          expect(shareOff(Buffer.from(pixels, "base64"), referencePicture(spec), TOLERANCE)).toBeLessThanOrEqual(
            SHARE_OFF[kind],
          );
        }
      });
    });
  },
);
