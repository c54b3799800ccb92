import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfirmedResponse } from "@utxoracle/models";
import { type Simulator, startSimulator } from "@utxoracle/simulator";
import { inSoak, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { NatsProcess } from "../bus/nats-process.ts";
import { StandInBroker } from "../mqtt/stand-in-broker.ts";
import { FOR_NO_PRICES, RegtestChain } from "../price-regtest-chain.ts";
import { type FaultyPart, faultPlaces } from "./faults/fault-places.mjs";
import { FaultyProcess, hasPlace } from "./faults/faulty-process.ts";
import { eventually, nodeless, ServiceProcess } from "./service-process.ts";

/** Maximum time to exit after an unexpected error. */
const LIMIT_MS = 10_000;

interface Case {
  readonly words: readonly string[];
  /**
   * Waits until the part runs; default: until the service listens. Null: the part fails at once.
   */
  readonly atWork?: ((service: ServiceProcess) => Promise<unknown>) | null;
}

/** The first transaction of block 170: f4184fc5…9e16. */
const TRANSACTION =
  "0100000001c997a5e56e104102fa209c6a852dd90660a20b2d9c352423edce25857fcd3704000000004847304402204e45e16932b8af514961a1d3a1a25fdf3f4f7732e9d624c6c61548ab5fb8cd410220181522ec8eca07de4860a4acdd12909d831cc56cbbac4622082221a8768d1d0901ffffffff0200ca9a3b00000000434104ae1a62fe09c5f51b13905f07f06b99a2f7159b2225f374cd378d71302fa28414e7aab37397f554a7df5f142c21c1b7303b8a0626f1baded5c72a704f7e6cd84cac00286bee0000000043410411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b8643f656b412a3ac00000000";

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

it("the built program has a place for each fault, also for those of a soak", () => {
  const parts = Object.keys(faultPlaces) as FaultyPart[];
  expect(parts.filter((part) => !hasPlace(part))).toEqual([]);
});

describe("an unexpected error exits with 1 and logs its cause", () => {
  it.each<[FaultyPart, readonly string[]]>([
    ["pauses", []],
    ...inSoak<[FaultyPart, readonly string[]]>(
      ["zmqMonitor", []],
      ["windowSave", ["--data-dir", temporaryFolder()]],
      ["lock", ["--data-dir", temporaryFolder()]],
      ["descriptors", []],
      ["zmqUnfinished", []],
    ),
  ])("in %s, without a node", async (part, words) => {
    await endsAfterAThrow(part, { words: [...nodeless, "--port", "0", ...words] });
  });

  it("in replay", async () => {
    const file = join(temporaryFolder(), "amounts.hex");
    writeFileSync(file, `${TRANSACTION}\n`.repeat(3));
    await endsAfterAThrow("replay", { words: ["replay", file, "--port", "0"], atWork: null });
  });

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

describe("an unexpected error with a node exits with 1 and logs its cause", () => {
  let simulator: Simulator;
  let node: string[];
  let topics: string[];

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 600, transactionsPerSecond: 5, rpcPassword: "s3cret" });
    const { rawtx, rawblock, sequence } = simulator.endpoints;
    topics = ["--zmq-rawtx", String(rawtx), "--zmq-rawblock", String(rawblock), "--zmq-sequence", String(sequence)];
    node = ["--rpc-url", simulator.rpcUrl, "--rpc-user", simulator.rpcUser, "--rpc-password", "s3cret"];
  });
  afterAll(() => simulator?.stop());

  const parts = [
    ...["feed", "zmqFrames", "savedData"],
    ...inSoak("sync", "history", "poll", "blockPath", "probe", "endpoints", "ticker", "track"),
  ] as FaultyPart[];
  it.each(parts)("in %s", async (part) => {
    // The program looks only for addresses that it was not given.
    const addresses = part === "endpoints" ? [] : topics;
    const words = ["--port", "0", "--data-dir", temporaryFolder(), ...node, ...addresses];
    const atWork = ["feed", "ticker", "track"].includes(part) ? listening : null;
    await endsAfterAThrow(part, { words, atWork });
  });
});

it.each(["mqttWritten", ...inSoak("mqttConnection", "mqttState")] as const)(
  "an unexpected error in %s exits with 1",
  async (part) => {
    const broker = await StandInBroker.start((connection) => connection.accept());
    onTestFinished(() => broker.stop());
    await endsAfterAThrow(part, {
      words: [...nodeless, "--port", "0", "--mqtt", broker.url],
      // The first tick is not one of the timer.
      atWork: part === "mqttState" ? listening : null,
    });
  },
);

it("a signal ends a service whose file operation does not return", needs("mkfifo"), async () => {
  const process = new FaultyProcess("ticker", [...nodeless, "--port", "0"], "hang");
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
    analyzer = await ServiceProcess.listening([...nodeless, "--bus", nats.url, "--bus-name", "edges"]);
  });
  afterAll(async () => {
    await analyzer?.stop();
    await nats?.dispose();
  });

  it.each(["lease", ...inSoak("relay")] as const)("in %s", async (part) => {
    await endsAfterAThrow(part, {
      words: [...nodeless, "--port", "0", "--bus", nats.url, "--bus-name", part],
      atWork: null,
    });
  });

  it.each(inSoak("query", "clock"))("in %s, requested by an edge", async (part) => {
    const bus = ["--bus", nats.url, "--bus-name", part];
    const edge = await ServiceProcess.listening(["edge", ...bus]);
    onTestFinished(() => edge.stop().then(() => undefined));
    await endsAfterAThrow(part, { words: [...nodeless, "--port", "0", ...bus], atWork: null });
  });

  it("in edgeConnection, instead of reconnecting", async () => {
    const words = ["edge", "--port", "0", "--bus", nats.url, "--bus-name", "edges"];
    await endsAfterAThrow("edgeConnection", { words, atWork: null });
  });

  it.each(inSoak("natsStatus"))("in %s, when the server is lost", async (part) => {
    const lost = await NatsProcess.start();
    await endsAfterAThrow(part, {
      words: ["edge", "--port", "0", "--bus", lost.url, "--bus-name", "edges"],
      atWork: async (service) => {
        await service.logLine(({ msg }) => msg === "connected to NATS");
        await lost.dispose();
      },
    });
  });

  it.each(["edgeDelta", ...inSoak("edgeStep", "edgeTimer")] as const)("in %s", async (part) => {
    await endsAfterAThrow(part, { words: ["edge", "--port", "0", "--bus", nats.url, "--bus-name", "edges"] });
  });
});

describe("the prices of blocks", needs("bitcoind", "corpus"), () => {
  let chain: RegtestChain;
  let words: string[];

  beforeAll(async () => {
    chain = await RegtestChain.start({ oneOf: FOR_NO_PRICES });
    const { rawtx, rawblock } = chain.daemon.endpoints;
    words = ["--port", "0", "--zmq-rawtx", String(rawtx), "--zmq-rawblock", String(rawblock), ...chain.flags];
  });
  afterAll(() => chain?.daemon.remove());

  it.each(["thread", ...inSoak("chain")] as const)("exit after an unexpected error in %s", async (part) => {
    await endsAfterAThrow(part, { words, atWork: null });
  });

  it.each(inSoak("exits"))("are computed by a new thread when one %s", async () => {
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
