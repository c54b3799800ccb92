import { mempoolUpdate, point, T } from "../sample-messages.ts";

/**
 * In the page: creates a canvas of this size with a chart fed by the test; its clock is `clock.ms`.
 */
export const MAKE = `
  globalThis.clock = { ms: 1000 };
  globalThis.make = (width, height, options = {}) => {
    const canvas = document.createElement("canvas");
    canvas.style.cssText = "width:" + width + "px;height:" + height + "px";
    document.body.append(canvas);
    const chart = new viz.MempoolVisualizer(canvas, null, {
      caption: false, webgl: viz.webglRenderer, now: () => clock.ms, wallClock: () => ${T} * 1000, ...options,
    });
    return { canvas, chart };
  };
  globalThis.orange = (canvas, ratio = 1) => {
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    // Inside the frame and below the price's line only: label and line have the color too.
    const edge = 100 * ratio;
    let sumX = 0, sumY = 0, count = 0, minX = 1e9, maxX = -1;
    for (let y = Math.round(0.55 * height); y < height - edge; y++) for (let x = edge; x < width - edge * 0.72; x++) {
      const i = 4 * (y * width + x);
      if (data[i] > 230 && data[i + 1] > 130 && data[i + 1] < 190 && data[i + 2] < 40) {
        sumX += x + 0.5; sumY += y + 0.5; count++; minX = Math.min(minX, x); maxX = Math.max(maxX, x);
      }
    }
    return count === 0 ? null : { x: sumX / count / ratio, y: sumY / count / ratio, width: (maxX - minX + 1) / ratio };
  };`;

/** One point, well below the price, so that neither line nor label is near it. */
export const onePoint = (age: number) =>
  mempoolUpdate({ snapshot: true, price: 100_000, interval: null, transactions: [point(1, T - age, 97_000)] });
