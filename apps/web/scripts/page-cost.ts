// CPU, frames and heap of the page in Chromium without a graphics card: `pnpm soak page-cost`, or
// with seconds per measurement: `tsx scripts/page-cost.ts 60`. Prints figures; none is a limit.
import { readdirSync, readFileSync } from "node:fs";
import { type BrowserPage, launchBrowser } from "@utxoracle/testkit";
import { LiveService } from "../test/live-service.ts";

const seconds = Number(process.argv[2] ?? 60);
/** Clock ticks per second in `/proc/PID/stat`. */
const HERTZ = 100;

/** CPU seconds used so far by the children of this process that are browsers. */
function browserCpuSeconds(): number {
  const processes = new Map<number, { parent: number; cpu: number; isBrowser: boolean }>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const isBrowser = /chrom/i.test(readFileSync(`/proc/${name}/cmdline`, "utf8"));
      const cpu = (Number(fields[11]) + Number(fields[12])) / HERTZ;
      processes.set(Number(name), { parent: Number(fields[1]), cpu, isBrowser });
    } catch {
      // The process ended.
    }
  }
  const isOwn = (pid: number): boolean => {
    const parent = processes.get(pid)?.parent ?? 0;
    return parent === process.pid || (parent > 1 && isOwn(parent));
  };
  let total = 0;
  for (const [pid, { cpu, isBrowser }] of processes) if (isBrowser && isOwn(pid)) total += cpu;
  return total;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function percentOfCore(): Promise<string> {
  const [before, start] = [browserCpuSeconds(), performance.now()];
  await wait(1000 * seconds);
  const percent = (100 * (browserCpuSeconds() - before)) / ((performance.now() - start) / 1000);
  return `${percent.toFixed(1)} % of a core`;
}

/** Heap after collecting garbage, MB. */
const heapOf = async (page: BrowserPage): Promise<number> =>
  (await page.evaluate<number>("(gc(), performance.memory.usedJSHeapSize)")) / 1e6;

const COUNT_FRAMES = `(() => {
  globalThis.frames = [];
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...rest) {
    frames.push(performance.now());
    return put.apply(this, rest);
  };
})()`;

const service = await LiveService.start(["demo"]);
await service.ready();
const browser = await launchBrowser("chromium");
try {
  const empty = await browser.open({ width: 1000, height: 660 });
  await wait(2_000);
  console.log(`an empty page, part of all figures below: ${await percentOfCore()}`);
  await empty.close();
  const page = await browser.open({ width: 1000, height: 660, scriptBefore: COUNT_FRAMES });
  await page.goto(`${service.url}/`);
  await page.waitFor(`document.getElementById("price").value !== ""`, 60_000);
  await wait(5_000);
  const heapBefore = await heapOf(page);
  await page.evaluate("frames.length = 0");
  console.log(`live chart, ${seconds} s at 1000×660: ${await percentOfCore()}`);
  const [count, worst] = await page.evaluate<[number, number]>(
    "[frames.length, Math.max(...frames.map((at, i) => at - (frames[i - 1] ?? at)))]",
  );
  console.log(`  ${(count / seconds).toFixed(1)} frames a second, longest time between two ${worst.toFixed(0)} ms`);
  const heapAfter = await heapOf(page);
  console.log(`  heap ${heapBefore.toFixed(1)} MB before, ${heapAfter.toFixed(1)} MB after`);
  await page.evaluate(`document.querySelector('[data-range="3h"]').click()`);
  await wait(2_000);
  console.log(`history chart: ${await percentOfCore()}`);
  await page.evaluate(`document.querySelector('[data-range="live"]').click()`);
  // A headless browser hides no tab: do what a hidden one does, which gets no frames.
  await page.evaluate(`(() => {
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    globalThis.requestAnimationFrame = () => 0;
    document.dispatchEvent(new Event("visibilitychange"));
  })()`);
  await wait(2_000);
  console.log(`hidden: ${await percentOfCore()}`);
} finally {
  await browser.close();
  await service.stop();
}
