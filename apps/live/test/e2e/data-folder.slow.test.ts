import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { savedBlockPrices } from "../saved-prices.ts";
import { limitFiles, runWithLimitedFiles } from "./full-disk.ts";
import { eventually, runToEnd, ServiceProcess } from "./service-process.ts";
import { type StandInNode, startStandInNode } from "./stand-in-node.ts";

/** Timeout, reached only by a failing test. */
const DEADLINE_MS = 60_000;

let node: StandInNode;

beforeAll(async () => {
  node = await startStandInNode(3, 100);
}, DEADLINE_MS);
afterAll(() => node?.stop());

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "data-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(folder: string): Promise<ServiceProcess> {
  const service = await ServiceProcess.listening([...node.flags, "--data-dir", folder], node.env);
  onTestFinished(() => void service.child.kill("SIGKILL"));
  return service;
}

const noticeCodes = async (service: ServiceProcess): Promise<string[]> =>
  ((await service.ready()).answer.notices ?? []).map(({ code }) => code);

describe("a data folder", { timeout: DEADLINE_MS }, () => {
  it.each([
    ["without RPC and chain says once that nothing is saved", [], 1],
    ["without RPC but with a chain does not", ["--chain", "main"], 0],
  ] as const)("%s", async (_, words, times) => {
    const feed = ["--zmq-rawtx", "tcp://127.0.0.1:1", "--zmq-rawblock", "none", "--zmq-sequence", "none"];
    const service = await ServiceProcess.listening([
      "--rpc-url",
      "none",
      ...feed,
      ...words,
      "--data-dir",
      dataFolder(),
    ]);
    await service.stop();
    expect(service.log.filter(({ msg }) => msg?.startsWith("nothing is saved: chain unknown"))).toHaveLength(times);
  });

  it("is locked: a second process exits with one line, and the first continues", async () => {
    const folder = dataFolder();
    const first = await start(folder);
    const second = await runToEnd([...node.flags, "--data-dir", folder, "--port", "0"], node.env);
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toContain(`--data-dir: ${folder} is used by process ${first.child.pid} on `);
    expect((await first.get("/health/live")).status).toBe(200);
    expect(await first.stop()).toMatchObject({ exitCode: 0 });
    const third = await start(folder);
    expect(await third.stop()).toMatchObject({ exitCode: 0 });
  });

  it("exits with one line if the disk is full at the start", needs("prlimit"), () => {
    const words = ["--data-dir", dataFolder(), "--port", "0", ...node.flags];
    const { status, stderr } = runWithLimitedFiles(words, 0, node.env);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^utxoracle-live: --data-dir: .* cannot be written \(/m);
    expect(stderr).not.toMatch(/unexpected|^\s+at /m);
  });

  it("on a disk that fills up causes a notice, and no price is lost", needs("prlimit"), async () => {
    const folder = dataFolder();
    const service = await start(folder);
    const heights = async (): Promise<number[]> => (await savedBlockPrices(folder, "main")).map(({ height }) => height);
    await node.run(5, 1);
    await eventually("a saved price", heights, (saved) => saved.length > 0, DEADLINE_MS);
    expect(await noticeCodes(service)).not.toContain("prices_unsaved");
    limitFiles(service, 10);
    const before = await heights();
    await node.run(5, 1);
    await eventually(
      "the notice",
      () => noticeCodes(service),
      (codes) => codes.includes("prices_unsaved"),
      DEADLINE_MS,
    );
    const line = await service.logLine(({ msg }) => msg?.includes("prices not saved; retrying") === true);
    expect(line.level).toBe("error");
    expect(await heights()).toEqual(before);
    await node.run(5, 1);
    limitFiles(service, null);
    await node.run(5, 1);
    await eventually(
      "its end",
      () => noticeCodes(service),
      (codes) => !codes.includes("prices_unsaved"),
      DEADLINE_MS,
    );
    const tip = (await service.price()).height ?? 0;
    await eventually(
      "all prices",
      heights,
      (saved) => [tip - 2, tip - 1, tip].every((height) => saved.includes(height)),
      DEADLINE_MS,
    );
    expect(await service.stop()).toMatchObject({ exitCode: 0 });
  });
});
