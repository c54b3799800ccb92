import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launchBrowser, needs, type TestBrowser } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LiveService } from "./live-service.ts";

let service: LiveService;
let folder: string;
beforeAll(async () => {
  service = await LiveService.start(["demo", "--window", "600"]);
  folder = await mkdtemp(join(tmpdir(), "embedding-"));
});
afterAll(async () => {
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(["chromium", "firefox"] as const)("a frame in %s", (name) => {
  describe("on this machine", needs(name), () => {
    let browser: TestBrowser;
    beforeAll(async () => {
      browser = await launchBrowser(name);
    });
    afterAll(() => browser?.close());

    async function clients(): Promise<number> {
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      return Number(/^utxoracle_stream_clients\{kind="websocket"\} (\d+)$/m.exec(metrics)?.[1]);
    }

    it.each(["", "sandbox='allow-scripts'"])("of a file:// page shows the stream (%s)", async (attributes) => {
      const holder = join(folder, `holder-${attributes.length}.html`);
      await writeFile(
        holder,
        `<!doctype html><title>holder</title><iframe ${attributes} src="${service.url}/?embed"></iframe>`,
      );
      const page = await browser.open({ width: 700, height: 500 });
      await page.goto(pathToFileURL(holder).href);
      // The page in the frame runs, and its stream is allowed.
      await expect.poll(clients, { timeout: 20_000 }).toBe(1);
      expect(page.faults.filter((fault) => /frame|refused|blocked/i.test(fault))).toEqual([]);
      await page.close();
      await expect.poll(clients, { timeout: 20_000 }).toBe(0);
    });
  });
});
