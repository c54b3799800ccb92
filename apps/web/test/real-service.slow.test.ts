import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type BrowserName,
  type BrowserPage,
  corpusPath,
  inSoak,
  launchBrowser,
  needs,
  type TestBrowser,
} from "@utxoracle/testkit";
import { formatBtc, formatUsd, type PricePoint } from "@utxoracle/viz";
import { type BlockPoints, type ConfirmedPicture, StreamClient } from "@utxoracle/viz/client";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { LiveService } from "./live-service.ts";

const REPLAY = ["replay", corpusPath("mempool/2024-03-14.rawtx.hex.gz"), "--speed", "max"];
/** Keys that visit both sides. */
const KEYS = ["End", "ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowUp", "PageUp", "ArrowLeft", "ArrowUp", "Home"];
const PRESSES_MAX = 5;
/** This process, the page, and others that have come before it. */
const CLIENTS_MAX = 3;
/** A replay takes seconds, and a page that lost its server retries ever more slowly. */
const WAIT_MS = 60_000;
/** engines.slow.test.ts shows the page in each browser with a stand-in for the service. */
const BROWSERS: readonly BrowserName[] = ["chromium", ...inSoak("firefox", "webkit")];

/**
 * Records the stream beside the page: every version of every point, by side, id and output. A point
 * may be read at another round amount after the price moved.
 */
class StreamRecord {
  readonly #readings = new Map<string, PricePoint[]>();
  readonly #client: StreamClient;

  constructor(service: LiveService) {
    this.#client = new StreamClient({
      url: `${service.url.replace("http", "ws")}/ws/mempool`,
      // Node.js 20 has no WebSocket.
      WebSocket,
      onMessage: ({ type, data }) => {
        const side = type === "mempool_update" ? "mempool" : "confirmed";
        for (const point of data.transactions) {
          const id = `${side}:${point.txid}:${point.vout}`;
          this.#readings.set(id, [...(this.#readings.get(id) ?? []), point]);
        }
        if (type === "confirmed_update" && data.picture !== null) void this.#readPicture(service, data.picture);
      },
    });
    this.#client.connect();
  }

  /** Records the payments behind the points of a picture. */
  async #readPicture(service: LiveService, path: string): Promise<void> {
    const read = async <T>(from: string): Promise<T | null> => {
      const response = await fetch(`${service.url}/${from}`);
      return response.ok ? ((await response.json()) as T) : null;
    };
    const picture = await read<ConfirmedPicture>(path);
    for (const { hash, time: timestamp } of picture?.blocks ?? []) {
      const points = await read<BlockPoints>(`api/v1/blocks/${hash}/points?tip=${picture?.tip}`);
      for (const [index, txid] of (points?.txid ?? []).entries()) {
        const [vout, amount, price] = [points?.vout[index], points?.amount[index], points?.price[index]];
        if (vout === undefined || amount === undefined || price === undefined) continue;
        const id = `confirmed:${txid}:${vout}`;
        this.#readings.set(id, [...(this.#readings.get(id) ?? []), { timestamp, price, txid, vout, amount }]);
      }
    }
  }

  /** The stream's version of the point in a tooltip, null if there is none. */
  find({ side, Txid, Output, Price }: Record<string, string>): PricePoint | null {
    const readings = this.#readings.get(`${side}:${Txid}:${Output}`) ?? [];
    return readings.find((reading) => formatUsd(reading.price) === Price) ?? null;
  }

  close(): void {
    this.#client.close();
  }
}

const FACTS = `(() => {
  const lines = [...document.querySelectorAll("[role=tooltip] > *")].map((line) => line.textContent.split(/: (.*)/s).slice(0, 2));
  const side = document.querySelector("[role=tooltip]")?.dataset.side;
  return lines.length === 0 ? null : { ...Object.fromEntries(lines), side };
})()`;

/** Waits until a key's effect is drawn: the second frame after it. */
const FRAME = "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))";

/** Frames to wait for the payment of a point. */
const LOOKS_MAX = 100;

/**
 * Presses a key and returns the tooltip. The stream continues: a point may be mined or leave the
 * picture before it is read, so the key is pressed again, as a user would.
 */
async function pressUntilTold(page: BrowserPage, key: string): Promise<Record<string, string>> {
  for (let presses = 0; presses < PRESSES_MAX; presses++) {
    await page.press(key);
    await page.evaluate(FRAME);
    // The payments of a confirmed block come with the first look at one of its points.
    for (let looks = 0; looks < LOOKS_MAX; looks++) {
      const facts = await page.evaluate<Record<string, string> | null>(FACTS);
      if (facts === null) break;
      if (facts["Txid"] !== undefined) return facts;
      await page.evaluate(FRAME);
    }
  }
  throw new Error(`${PRESSES_MAX} × ${key}: no tooltip`);
}

let demo: LiveService;
let replay: LiveService | null = null;
let stream: StreamRecord;

beforeAll(async () => {
  // Ten minutes of history: a whole window takes some six seconds of CPU.
  demo = await LiveService.start(["demo", "--window", "600", "--max-clients-per-address", String(CLIENTS_MAX)]);
  stream = new StreamRecord(demo);
});
afterAll(async () => {
  stream?.close();
  await demo?.stop();
  await replay?.stop();
});

describe.each(BROWSERS)("the real service in %s", (name) => {
  describe("on this machine", needs(name), () => {
    let browser: TestBrowser;
    beforeAll(async () => {
      browser = await launchBrowser(name);
    });
    afterAll(() => browser?.close());

    let page: BrowserPage | null = null;
    afterEach(async () => {
      await page?.close();
      page = null;
    });

    async function open(service: LiveService): Promise<BrowserPage> {
      page = await browser.open({ width: 1000, height: 660 });
      await page.goto(`${service.url}/`);
      await page.waitFor(`document.getElementById("price").value !== ""`);
      return page;
    }

    it("shows the API's price of a replay, contacts only its server", {
      ...needs("corpus"),
      timeout: 240_000,
    }, async () => {
      // The first browser follows the replay; the others see its result.
      replay ??= await LiveService.start(REPLAY);
      const first = replay;
      const shown = await open(first);
      await shown.waitFor(`document.body.innerText.replaceAll("\\n", " ").includes("Received: 8,131")`, WAIT_MS);
      let answer = await first.price();
      let text = "";
      const interval = (): string => `${formatUsd(answer.low as number)} – ${formatUsd(answer.high as number)}`;
      // Wait until both have the last tick.
      await expect
        .poll(
          async () => {
            answer = await first.price();
            text = (await shown.evaluate<string>("document.body.innerText")).replaceAll("\n", " ");
            const price = await shown.evaluate<string>(`document.getElementById("price").value`);
            return price === String(answer.price) && text.includes(interval());
          },
          { timeout: WAIT_MS, message: "the page shows the API's price and interval" },
        )
        .toBe(true);
      expect(answer.price).toBeGreaterThan(72_500);
      expect(answer.price).toBeLessThan(73_800);
      expect(text).toContain(formatUsd(answer.price as number));
      expect(text).toContain(interval());
      expect(text).toContain("Replay of recorded traffic");
      expect(text).toContain("Received: 8,131 | Filtered: 5,615 | Active: 2,516");
      expect(await shown.evaluate("document.title")).toContain("replay");

      // So few payments can be forged.
      expect(answer.status).toBe("low_confidence");
      expect(await shown.evaluate(`document.getElementById("price-line").dataset.tone`)).toBe("weak");

      const { host } = new URL(first.url);
      for (const request of await shown.requests()) expect(new URL(request).host).toBe(host);
      expect(shown.faults).toEqual([]);
    });

    if (name === "chromium")
      it("logs no errors in a local network without TLS", async () => {
        page = await browser.open({ width: 1000, height: 660 });
        await page.goto(`${demo.url.replace("127.0.0.1", "node.test")}/`);
        await page.waitFor(`document.getElementById("price").value !== ""`);
        expect(await page.evaluate("isSecureContext")).toBe(false);
        expect(page.faults).toEqual([]);
      });

    if (name === "chromium")
      it("finds a restarted service again", async () => {
        // Without a node it starts at once.
        const words = ["--rpc-url", "none", "--chain", "main"];
        let service = await LiveService.start(words);
        onTestFinished(() => service.stop());
        page = await browser.open({ width: 1000, height: 660 });
        const says = (text: string): Promise<void> =>
          (page as BrowserPage).waitFor(`document.body.innerText.includes("${text}")`, WAIT_MS);
        await page.goto(`${service.url}/`);
        await says("Waiting for your node");
        await service.stop();
        await says("Connection lost, trying again");
        service = await LiveService.start(words, Number(new URL(service.url).port));
        await page.waitFor(`!document.body.innerText.includes("Connection lost")`, WAIT_MS);
        await says("Waiting for your node");
      });

    if (name === "chromium")
      it("shows a refused client the reason and the polled price", async () => {
        const address = `${demo.url.replace("http", "ws")}/ws/mempool`;
        const others = Array.from({ length: CLIENTS_MAX - 1 }, () => new WebSocket(address));
        onTestFinished(() => {
          for (const other of others) other.terminate();
        });
        await Promise.all(others.map((other) => new Promise((resolve) => other.once("open", resolve))));
        page = await browser.open({ width: 1000, height: 660 });
        await page.goto(`${demo.url}/`);
        const state = `document.getElementById("state").innerText`;
        await page.waitFor(`${state}.includes("this address has reached the limit of ${CLIENTS_MAX} connections")`);
        await page.waitFor(`/^\\$[\\d,]+/.test(document.getElementById("price").innerText)`);
        // poor-browser.slow.test.ts has the end of a refusal.
        expect(await page.evaluate(state)).toContain("Simulation");
      });

    // In WebKit a sandboxed frame has no origin that the page's own policy allows.
    const sandbox = name === "webkit" ? "allow-scripts allow-same-origin" : "allow-scripts";
    it.each(["", `sandbox='${sandbox}'`])("is shown in a frame of a file:// page (%s)", async (attributes) => {
      const connected = async (): Promise<number> => {
        const metrics = await (await fetch(`${demo.url}/metrics`)).text();
        return Number(/^utxoracle_stream_clients\{kind="websocket"\} (\d+)$/m.exec(metrics)?.[1]);
      };
      await expect.poll(connected, { timeout: 20_000 }).toBe(1);
      const folder = await mkdtemp(join(tmpdir(), "embedding-"));
      onTestFinished(() => rm(folder, { recursive: true }));
      const holder = join(folder, "holder.html");
      await writeFile(
        holder,
        `<!doctype html><title>holder</title><iframe ${attributes} src="${demo.url}/?embed"></iframe>`,
      );
      page = await browser.open({ width: 700, height: 500 });
      await page.goto(pathToFileURL(holder).href);
      // The page in the frame runs, and its stream is allowed.
      await expect.poll(connected, { timeout: 20_000 }).toBe(2);
      expect(page.faults.filter((fault) => /frame|refused|blocked/i.test(fault))).toEqual([]);
    });

    it("shows the right points on both sides of a running stream", async () => {
      const shown = await open(demo);
      expect(await shown.evaluate("document.body.innerText")).toContain(
        "Simulation: synthetic traffic, not a real price",
      );
      await shown.waitFor(`document.body.innerText.includes("-hour average $")`);
      await shown.evaluate(`document.getElementById("chart").focus()`);
      // After a start the window's payments are sent oldest first, the newest last.
      await expect.poll(async () => (await pressUntilTold(shown, "End"))["side"], { timeout: 20_000 }).toBe("mempool");
      const sides = new Map<string, number>();
      const seen = (side: string): number => sides.get(side) ?? 0;
      for (let step = 0; seen("mempool") < 3 || seen("confirmed") < 3; step++) {
        expect(step, `points seen: ${JSON.stringify([...sides])}`).toBeLessThan(5 * KEYS.length);
        const key = KEYS[step % KEYS.length] as string;
        const facts = await pressUntilTold(shown, key);
        // The page may receive a point before this process.
        await expect
          .poll(() => stream.find(facts), {
            timeout: 20_000,
            message: `the stream's version of ${JSON.stringify(facts)}`,
          })
          .not.toBeNull();
        const { amount, timestamp } = stream.find(facts) as PricePoint;
        expect(facts["Amount"]).toContain(formatBtc(amount));
        expect(facts["Time"]).toContain(new Date(timestamp * 1000).toISOString().slice(11, 19));
        const { side = "" } = facts;
        sides.set(side, seen(side) + 1);
      }

      await shown.evaluate(`document.getElementById("why-button").click()`);
      await shown.waitFor(`document.querySelectorAll("#why-votes tbody tr").length >= 10`);
      expect(shown.faults).toEqual([]);
    });
  });
});
