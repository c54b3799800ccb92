import { chromium, type Page } from "playwright-core";
import { followCoverage } from "./browsers-coverage.ts";
import { waitUntil } from "./browsers-wait.ts";
import type { BrowserPage, SpokenNode, TestBrowser } from "./test-browser.ts";

/** No sandbox, because tests run as root in containers; no background network traffic. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Resolves names ending in .test to this machine, so that the browser treats them like pages on
  // the local network.
  "--host-resolver-rules=MAP *.test 127.0.0.1",
  // For memory tests: `gc()` and exact heap sizes.
  "--js-flags=--expose-gc",
  "--enable-precise-memory-info",
];

/** Starts headless Chromium, which has WebGL2 in software. */
export async function launchChromium(executablePath: string): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  const open = new Set<BrowserPage>();
  const closed = new Map<string, Page>();
  return {
    name: "chromium",
    async open({ width, height, deviceScaleFactor = 1, reducedMotion = false, touch = false, scriptBefore }) {
      const viewport = { width, height };
      const fixed = {
        deviceScaleFactor,
        hasTouch: touch,
        reducedMotion: reducedMotion ? ("reduce" as const) : ("no-preference" as const),
      };
      // Each new page costs a process, so that closed ones are used again.
      const kind = JSON.stringify(fixed);
      const page = closed.get(kind) ?? (await browser.newPage({ ...fixed, viewport }));
      closed.delete(kind);
      await page.setViewportSize(viewport);
      const script = scriptBefore === undefined ? null : await page.addInitScript(scriptBefore);
      const noteCoverage = await followCoverage(page);
      const wrapped: BrowserPage = {
        ...wrap(page),
        close: async () => {
          open.delete(wrapped);
          await noteCoverage();
          await script?.dispose();
          await clear(page);
          closed.set(kind, page);
        },
      };
      open.add(wrapped);
      return wrapped;
    },
    close: async () => {
      for (const page of [...open]) await page.close();
      await browser.close();
    },
  };
}

/** Leaves nothing of a page to the next one. */
async function clear(page: Page): Promise<void> {
  page.removeAllListeners();
  await page.goto("about:blank");
  await page.mouse.move(0, 0);
  await page.context().clearCookies();
  const session = await page.context().newCDPSession(page);
  await session.send("Network.clearBrowserCache");
  await session.detach();
}

interface TreeNode {
  readonly nodeId: string;
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly childIds?: readonly string[];
}

/** The accessibility tree without text nodes and ignored nodes, depth first. */
async function spokenTree(page: Page): Promise<SpokenNode[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send("Accessibility.getFullAXTree")) as { nodes: TreeNode[] };
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const walk = (id: string): SpokenNode[] => {
    const node = byId.get(id);
    if (node === undefined) return [];
    const role = node.role?.value ?? "";
    const isShown = !node.ignored && !["none", "generic", "StaticText", "InlineTextBox"].includes(role);
    const own = isShown ? [{ role, name: node.name?.value ?? "" }] : [];
    return [...own, ...(node.childIds ?? []).flatMap(walk)];
  };
  const [root] = nodes;
  return root === undefined ? [] : walk(root.nodeId);
}

function wrap(page: Page): Omit<BrowserPage, "close"> {
  const faults: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  page.on("websocket", (socket) => requests.push(socket.url()));
  const evaluate = <T>(expression: string): Promise<T> => page.evaluate(expression);
  return {
    faults,
    requests: async () => requests,
    goto: async (address) => {
      await page.goto(address);
    },
    evaluate,
    waitFor: (expression, timeoutMs) => waitUntil(expression, () => evaluate(expression), timeoutMs),
    movePointer: (x, y) => page.mouse.move(x, y),
    tap: (x, y) => page.touchscreen.tap(x, y),
    press: (key) => page.keyboard.press(key),
    spokenTree: () => spokenTree(page),
    screenshot: () => page.screenshot(),
  };
}
