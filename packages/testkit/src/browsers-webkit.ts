import { type ChildProcess, spawn } from "node:child_process";
import { waitUntil } from "./browsers-wait.ts";
import { freePort } from "./free-port.ts";
import type { BrowserPage, PageView, TestBrowser } from "./test-browser.ts";

/** Keys with special codes in WebDriver (W3C WebDriver, section "Keyboard Actions"). */
const KEY_CODES: Readonly<Record<string, string>> = {
  Tab: "\uE004",
  Enter: "\uE007",
  Escape: "\uE00C",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
};

const DRIVER_ATTEMPTS = 5;

/**
 * Starts WebKitGTK's MiniBrowser on a virtual screen, controlled by WebDriver requests. One page at
 * a time, because each page is a session with its own browser.
 */
export async function launchWebKit(program: string): Promise<TestBrowser> {
  const screen = await startScreen();
  const faults: string[] = [];
  // Ends the processes if the test run is aborted.
  let driver: ChildProcess | null = null;
  const abandon = (): void => {
    if (driver !== null) endGroup(driver);
    endGroup(screen.process);
  };
  process.once("exit", abandon);
  const close = async (): Promise<void> => {
    process.off("exit", abandon);
    if (driver !== null) await end(driver);
    await end(screen.process);
  };
  let root = "";
  try {
    // If another process takes the free port first, the driver exits and is started on another one.
    for (let attempt = 1; root === ""; attempt++) {
      const port = await freePort();
      driver = startDriver(port, screen.display, faults);
      if (await answers(driver, port)) root = `http://127.0.0.1:${port}`;
      else if (attempt === DRIVER_ATTEMPTS) throw new Error("WebKitWebDriver exits at start");
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { name: "webkit", open: (view) => openSession(root, program, view, faults), close };
}

/** @param faults collects errors and warnings of the pages' consoles */
function startDriver(port: number, display: string, faults: string[]): ChildProcess {
  const driver = spawn("dbus-run-session", ["--", "WebKitWebDriver", `--port=${port}`], {
    // Own process group, so that the bus ends with the driver.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    // WebKit's sandbox cannot start in containers.
    env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
  });
  for (const stream of [driver.stdout, driver.stderr])
    stream?.on("data", (data: Buffer) => {
      for (const line of data.toString().split("\n")) if (/CONSOLE \S+ (ERROR|WARN)/.test(line)) faults.push(line);
    });
  return driver;
}

/** Waits until the driver responds. @returns false if it has exited */
async function answers(driver: ChildProcess, port: number): Promise<boolean> {
  await waitUntil("WebKitWebDriver answers", async () => {
    if (!isRunning(driver)) return true;
    try {
      const { value } = (await (await fetch(`http://127.0.0.1:${port}/status`)).json()) as { value?: object };
      // Distinguishes the driver from another process on the port.
      return value !== undefined && "ready" in value;
    } catch {
      return false;
    }
  });
  return isRunning(driver);
}

/** Starts a virtual screen. Not by `xvfb-run`, which needs `xauth`, a separate package. */
async function startScreen(): Promise<{ process: ChildProcess; display: string }> {
  const screen = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1920x1200x24", "-nolisten", "tcp"], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const number = await new Promise<string>((resolve, reject) => {
    screen.once("error", reject);
    screen.once("exit", (code) => reject(new Error(`Xvfb exited with ${code}`)));
    let text = "";
    screen.stdio[3]?.on("data", (data: Buffer) => {
      text += data.toString();
      if (text.includes("\n")) resolve(text.trim());
    });
  });
  return { process: screen, display: `:${number}` };
}

async function openSession(root: string, program: string, view: PageView, faults: string[]): Promise<BrowserPage> {
  const started = await command<{ sessionId: string }>(`${root}/session`, {
    capabilities: {
      alwaysMatch: {
        "webkitgtk:browserOptions": {
          binary: program,
          args: ["--automation", "--enable-write-console-messages-to-stdout=true"],
        },
      },
    },
  });
  const session = `${root}/session/${started.sessionId}`;
  // Embeds the expression in the script, because a strict Content-Security-Policy forbids eval.
  const evaluate = async <T>(expression: string): Promise<T> =>
    command<T>(`${session}/execute/async`, {
      script: `const done = arguments[0]; Promise.resolve((${expression})).then(done, (error) => done({ failed: String(error) }));`,
      args: [],
    });
  await command(`${session}/window/rect`, { width: view.width, height: view.height });
  faults.length = 0;
  return {
    faults,
    requests: () => evaluate<string[]>("performance.getEntriesByType('resource').map((entry) => entry.name)"),
    goto: async (address) => {
      await command(`${session}/url`, { url: address });
      // Adds the size of the window frame.
      const lacking = await run<[number, number]>(
        session,
        "return [outerWidth - innerWidth, outerHeight - innerHeight]",
      );
      await command(`${session}/window/rect`, { width: view.width + lacking[0], height: view.height + lacking[1] });
    },
    evaluate,
    waitFor: (expression, timeoutMs) =>
      waitUntil(expression, () => run(session, `return !!(${expression})`), timeoutMs),
    movePointer: async (x, y) => {
      await command(`${session}/actions`, {
        actions: [
          {
            type: "pointer",
            id: "mouse",
            parameters: { pointerType: "mouse" },
            actions: [{ type: "pointerMove", duration: 0, x: Math.round(x), y: Math.round(y), origin: "viewport" }],
          },
        ],
      });
    },
    tap: async (x, y) => {
      await command(`${session}/actions`, {
        actions: [
          {
            type: "pointer",
            id: "finger",
            parameters: { pointerType: "touch" },
            actions: [
              { type: "pointerMove", duration: 0, x: Math.round(x), y: Math.round(y), origin: "viewport" },
              { type: "pointerDown", button: 0 },
              { type: "pointerUp", button: 0 },
            ],
          },
        ],
      });
    },
    press: async (key) => {
      const value = KEY_CODES[key] ?? key;
      await command(`${session}/actions`, {
        actions: [
          {
            type: "key",
            id: "keys",
            actions: [
              { type: "keyDown", value },
              { type: "keyUp", value },
            ],
          },
        ],
      });
    },
    spokenTree: () => Promise.resolve([]),
    screenshot: async () => Buffer.from(await command<string>(`${session}/screenshot`), "base64"),
    close: async () => {
      await command(session, undefined, "DELETE");
    },
  };
}

/** Runs the body of a function in the page. */
function run<T>(session: string, script: string): Promise<T> {
  return command<T>(`${session}/execute/sync`, { script, args: [] });
}

async function command<T>(
  address: string,
  body?: unknown,
  method: string = body === undefined ? "GET" : "POST",
): Promise<T> {
  const response = await fetch(address, body === undefined ? { method } : { method, body: JSON.stringify(body) });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok)
    throw new Error(`WebDriver ${method} ${new URL(address).pathname}: ${value.error}: ${value.message}`);
  return value;
}

/** Kills the process group. */
async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  endGroup(child);
  await ended;
}

function endGroup(child: ChildProcess): void {
  if (child.pid !== undefined && isRunning(child)) process.kill(-child.pid, "SIGTERM");
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
