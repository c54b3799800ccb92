import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { eventually, ServiceProcess } from "./service-process.ts";
import { type StandInNode, startStandInNode } from "./stand-in-node.ts";

// With --data-dir a restart comes back with its window, however the program ended.

const root = mkdtempSync(join(tmpdir(), "window-restart-"));
let node: StandInNode;
beforeAll(async () => {
  node = await startStandInNode(7, 500);
});
afterAll(async () => {
  await node?.stop();
  rmSync(root, { recursive: true, force: true });
});

const withRpc = (): string[] => [...node.flags];
const withoutRpc = (chain = "main"): string[] => [
  ...["--zmq-rawtx", String(node.flags[1]), "--zmq-rawblock", "none", "--zmq-sequence", "none"],
  ...["--rpc-url", "none", "--chain", chain],
];

async function start(flags: readonly string[], directory: string): Promise<ServiceProcess> {
  const env = flags.includes("none") ? {} : node.env;
  const service = await ServiceProcess.listening([...flags, "--data-dir", directory], env);
  onTestFinished(() => void service.child.kill("SIGKILL"));
  return service;
}

/** Transactions of the window, by the metrics. */
async function heldBy(service: ServiceProcess): Promise<number> {
  const { text } = await service.get("/metrics");
  return Number(/^utxoracle_window_transactions (\d+)$/m.exec(text)?.[1]);
}

const restored = (service: ServiceProcess) => service.logLine(({ msg }) => msg === "restored saved window");
const refused = (service: ServiceProcess) =>
  service.logLine(({ msg }) => msg?.startsWith("saved window not used") ?? false);

it("is restored after SIGTERM and SIGKILL, not on another chain or damaged", async () => {
  const directory = join(root, "alone");
  const first = await start(withoutRpc(), directory);
  await first.logLine(({ msg }) => msg === "connected to node");
  await node.run(200, 4);
  const { answer: held } = await eventually(
    "payments",
    () => heldBy(first),
    (count) => count > 300,
  );
  expect(await first.stop()).toMatchObject({ exitCode: 0 });

  const second = await start(withoutRpc(), directory);
  const { transactions } = await restored(second);
  expect(Number(transactions)).toBeGreaterThanOrEqual(held);
  expect(await heldBy(second)).toBe(Number(transactions));
  expect(await second.stop("SIGKILL")).toMatchObject({ signal: "SIGKILL" });

  const third = await start(withoutRpc(), directory);
  expect((await restored(third))["transactions"]).toBe(transactions);
  await third.stop("SIGKILL");

  const other = await start(withoutRpc("signet"), directory);
  expect((await refused(other)).msg).toMatch(/it is of chain main, not signet/);
  expect(await heldBy(other)).toBe(0);
  await other.stop("SIGKILL");

  const path = join(directory, "live-window.bin");
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length / 2));
  const damaged = await start(withoutRpc(), directory);
  expect(await refused(damaged)).toMatchObject({ level: "warn", path, msg: expect.stringMatching(/it is damaged/) });
  expect(await damaged.stop()).toMatchObject({ exitCode: 0 });
  const last = await start(withoutRpc(), directory);
  await restored(last);
});

it("exits with 2 and one line if the file is another program's", async () => {
  const directory = join(root, "foreign");
  mkdirSync(directory);
  const path = join(directory, "live-window.bin");
  writeFileSync(path, "another program's");
  const service = new ServiceProcess([...withoutRpc(), "--data-dir", directory, "--port", "0"]);
  onTestFinished(() => void service.child.kill("SIGKILL"));
  const { exitCode, stderr } = await service.ended;
  expect(exitCode).toBe(2);
  expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(`${path} is not a saved window`)]);
  expect(readFileSync(path, "utf8")).toBe("another program's");
});

it("with RPC as if it had never stopped, fetching only what arrived meanwhile", async () => {
  const directory = join(root, "rpc");
  const inSync = (service: ServiceProcess) => service.logLine(({ msg }) => msg === "window in sync with node");
  const first = await start(withRpc(), directory);
  await inSync(first);
  const always = await start(withRpc(), join(root, "always"));
  await inSync(always);
  await first.stop();
  await node.run(100, 3);
  const second = await start(withRpc(), directory);
  await restored(second);
  const { transactions: fetched } = await inSync(second);
  // Only what arrived meanwhile.
  expect(Number(fetched)).toBeLessThan(400);
  await eventually(
    "the windows of both to be equal",
    async () => (await heldBy(second)) - (await heldBy(always)),
    (difference) => difference === 0,
  );
});
