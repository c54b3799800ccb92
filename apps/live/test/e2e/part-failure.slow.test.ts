import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfirmedResponse } from "@utxoracle/models";
import { startSimulator } from "@utxoracle/simulator";
import { needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { NatsProcess } from "../bus/nats-process.ts";
import { RegtestChain } from "../price-regtest-chain.ts";
import type { FaultyPart } from "./faults/fault-places.mjs";
import { FaultyProcess } from "./faults/faulty-process.ts";
import { eventually, ServiceProcess, smallDemo } from "./service-process.ts";

/** Maximum time to exit after an unexpected error. */
const LIMIT_MS = 10_000;

interface Case {
  readonly words: readonly string[];
  /**
   * Waits until the part runs; default: until the service listens. Null: the part fails at once.
   */
  readonly atWork?: ((service: ServiceProcess) => Promise<unknown>) | null;
}

const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "part-failure-"));
const listening = (service: ServiceProcess): Promise<unknown> => service.logLine(({ msg }) => msg === "listening");

/** Makes a part throw and checks how the process exits. */
async function endsAfterAThrow(part: FaultyPart, { words, atWork = listening }: Case): Promise<void> {
  const process = new FaultyProcess(part, words);
  onTestFinished(() => void process.service.child.kill("SIGKILL"));
  await atWork?.(process.service);
  process.arm();
  const { exitCode, fatal, afterMs } = await process.ended();
  console.log(`${part}: the process ended ${afterMs} ms after the throw`);
  expect(fatal).toEqual([
    expect.objectContaining({ err: expect.objectContaining({ type: "TypeError", message: `a fault in ${part}` }) }),
  ]);
  expect(exitCode).toBe(1);
  expect(afterMs).toBeLessThan(LIMIT_MS);
}

describe("an unexpected error exits with 1 and logs its cause", () => {
  const demo = [...smallDemo, "--port", "0"];

  it.each<[FaultyPart, Case]>([
    ["feed", { words: demo }],
    ["sync", { words: demo, atWork: null }],
    ["ticker", { words: demo }],
    ["history", { words: demo, atWork: null }],
    ["track", { words: demo }],
  ])("in %s", endsAfterAThrow);

  it("in record", async () => {
    const simulator = await startSimulator({ historySeconds: 0, transactionsPerSecond: 50 });
    onTestFinished(() => simulator.stop());
    const file = join(temporaryFolder(), "feed.capture");
    await endsAfterAThrow("record", {
      words: ["record", file, "--zmq-rawtx", simulator.endpoints.rawtx as string, "--rpc-url", "none"],
      atWork: (service) => service.logLine(({ msg }) => msg === "connected to node"),
    });
  });
});

it("a signal ends a service whose file operation does not return", needs("mkfifo"), async () => {
  const process = new FaultyProcess("ticker", ["demo", "--port", "0"], "hang");
  const { service } = process;
  onTestFinished(() => void service.child.kill("SIGKILL"));
  await listening(service);
  process.arm();
  await eventually("the file operation", () => process.hasFailed, Boolean);
  const startedAt = performance.now();
  service.child.kill("SIGTERM");
  expect(await service.ended).toMatchObject({ signal: "SIGTERM" });
  expect(service.stderr).toContain("a file operation or DNS lookup does not return");
  expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
});

describe("an unexpected error with NATS exits with 1 and logs its cause", needs("nats-server"), () => {
  let nats: NatsProcess;
  let analyzer: ServiceProcess;

  beforeAll(async () => {
    nats = await NatsProcess.start();
    analyzer = await ServiceProcess.listening([...smallDemo, "--bus", nats.url, "--bus-name", "edges"]);
  });
  afterAll(async () => {
    await analyzer?.stop();
    await nats?.dispose();
  });

  it.each(["lease", "relay"] as const)("in %s", async (part) => {
    await endsAfterAThrow(part, {
      words: [...smallDemo, "--port", "0", "--bus", nats.url, "--bus-name", part],
      atWork: null,
    });
  });

  it("in clock, requested by an edge", async () => {
    const bus = ["--bus", nats.url, "--bus-name", "clock"];
    const edge = await ServiceProcess.listening(["edge", ...bus]);
    onTestFinished(() => edge.stop().then(() => undefined));
    await endsAfterAThrow("clock", { words: [...smallDemo, "--port", "0", ...bus], atWork: null });
  });

  it("in edgeConnection, instead of reconnecting", async () => {
    const words = ["edge", "--port", "0", "--bus", nats.url, "--bus-name", "edges"];
    await endsAfterAThrow("edgeConnection", { words, atWork: null });
  });

  it.each(["edgeStep", "edgeDelta", "edgeTimer"] as const)("in %s", async (part) => {
    await endsAfterAThrow(part, { words: ["edge", "--port", "0", "--bus", nats.url, "--bus-name", "edges"] });
  });
});

describe("the prices of blocks", needs("bitcoind", "corpus"), () => {
  let chain: RegtestChain;
  let words: string[];

  beforeAll(async () => {
    chain = await RegtestChain.start();
    const { rawtx, rawblock } = chain.daemon.endpoints;
    words = ["--port", "0", "--zmq-rawtx", String(rawtx), "--zmq-rawblock", String(rawblock), ...chain.flags];
  }, 180_000);
  afterAll(() => chain?.daemon.remove());

  it.each(["chain", "thread"] as const)("exit after an unexpected error in %s", async (part) => {
    await endsAfterAThrow(part, { words, atWork: null });
  });

  it("are computed by a new thread when one exits", async () => {
    const process = new FaultyProcess("thread", words, "exit");
    process.arm();
    const { service } = process;
    onTestFinished(() => void service.child.kill("SIGKILL"));
    service.url = String((await service.logLine(({ msg }) => msg === "listening"))["url"]);
    await service.logLine(({ problem }) => String(problem).includes("exited with code 7"));
    await eventually(
      "the price of the last 144 blocks",
      async () => JSON.parse((await service.get("/api/v1/confirmed")).text) as ConfirmedResponse,
      ({ last_144_blocks }) => last_144_blocks !== null,
      50_000,
    );
    expect(await service.stop()).toMatchObject({ exitCode: 0 });
  });

  it("exit after an unexpected error in a thread", async () => {
    const days = ["price", "--from", chain.day, "--to", chain.day, "--csv", join(temporaryFolder(), "days.csv")];
    const process = new FaultyProcess("dayThread", [...days, ...chain.flags]);
    process.arm();
    const { exitCode, stderr, afterMs } = await process.ended();
    expect(stderr).toMatch(
      /^utxoracle-live: unexpected error \(please report it\): TypeError: a fault in dayThread.*\n$/,
    );
    expect(exitCode).toBe(1);
    expect(afterMs).toBeLessThan(LIMIT_MS);
  });

  it("exit when a thread exits", async () => {
    const days = ["price", "--from", chain.day, "--to", chain.day, "--csv", join(temporaryFolder(), "days.csv")];
    const process = new FaultyProcess("dayThread", [...days, ...chain.flags], "exit");
    process.arm();
    const { exitCode, stderr } = await process.ended();
    expect(stderr).toMatch(/^utxoracle-live: unexpected error.*exited with code 7.*\n$/);
    expect(exitCode).toBe(1);
  });
});
