import { type BrowserPage, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BrowserUnderTest } from "./page-under-test.ts";

describe("wrong arguments of the charts, in plain JavaScript", needs("chromium"), () => {
  let browser: BrowserUnderTest;
  let page: BrowserPage;
  beforeAll(async () => {
    browser = await BrowserUnderTest.start("chromium");
    page = await browser.open();
    await page.evaluate(`document.body.innerHTML = '<canvas id="chart" style="width:300px;height:200px"></canvas>'`);
  });
  afterAll(() => browser?.stop());

  it.each([
    ["new viz.MempoolVisualizer()", "websocketUrl must be a URL, or null for no connection, got undefined"],
    ["new viz.MempoolVisualizer('chart')", "websocketUrl must be a URL, or null for no connection, got undefined"],
    ["new viz.MempoolVisualizer('#chart', null)", 'canvas: no <canvas> with the id "#chart"'],
    ["new viz.MempoolVisualizer(document.body, null)", "canvas: the argument is not a <canvas>"],
    ["new viz.MempoolVisualizer('chart', 5)", "websocketUrl must be a URL, or null for no connection, got 5"],
    ["new viz.MempoolVisualizer('chart', 'ftp://a/')", "websocketUrl: expected ws://…, wss://… or an address relative"],
    ["new viz.MempoolVisualizer('chart', null, null)", "options must be an object, got null"],
    [
      "new viz.MempoolVisualizer('chart', null, { onchange() {} })",
      "options.onchange is unknown; the options are theme",
    ],
    ["new viz.MempoolVisualizer('chart', null, { onChange: 5 })", "options.onChange must be a function, got 5"],
    ["new viz.MempoolVisualizer('chart', null, { caption: 'no' })", 'options.caption must be a boolean, got "no"'],
    [
      "new viz.MempoolVisualizer('chart', null, { pointsMax: -1 })",
      "options.pointsMax must be a number above 0, got -1",
    ],
    ["new viz.MempoolVisualizer('chart', null, { theme: 'dark' })", "theme.background: expected a color as #rrggbb"],
    [
      "new viz.MempoolVisualizer('chart', null, { theme: { background: '#000' } })",
      "theme.background: expected a color",
    ],
    ["chart.setTheme('light')", "theme.background: expected a color as #rrggbb"],
    ["chart.addHistory(null)", "rows must be what readHistory returned, got null"],
    ["chart.addHistory([])", "rows must be what readHistory returned, got object"],
    ["chart.toPng('2')", 'ratio must be a number above 0, got "2"'],
    ["new viz.HistoryChart()", "canvas: the argument is not a <canvas>"],
    ["new viz.HistoryChart('past')", 'canvas: no <canvas> with the id "past"'],
    ["new viz.HistoryChart('chart', { onrow() {} })", "options.onrow is unknown; the options are theme, watermark"],
    ["past.setRows(null)", "rows must be what readHistory returned, got null"],
    ["past.setRows({ time: [], price: [] })", "rows must be what readHistory returned, got object"],
    ["past.show({ from: 1, to: 2 })", "range must be { start, end } in Unix seconds, got start undefined"],
    ["past.show({ start: 2, end: 1 })", "range must be { start, end } in Unix seconds, got start 2, end 1"],
  ])("%s", async (call, message) => {
    const error = await page.evaluate(`(async () => {
      const [other, another] = [0, 1].map(() => document.body.appendChild(document.createElement("canvas")));
      const chart = new viz.MempoolVisualizer(other, null);
      const past = new viz.HistoryChart(another);
      try { await ${call}; return "no error"; } catch (error) { return error.message; }
      finally { chart.destroy(); past.destroy(); }
    })()`);
    expect(error).toContain(message);
  });
});
