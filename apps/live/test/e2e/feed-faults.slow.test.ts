import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Simulator, startSimulator } from "@utxoracle/simulator";
import { inSoak, needs, RegtestNode } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeFlags, restrictedUser } from "./node-flags.ts";
import { tellsUsage, usageOf } from "./process-usage.ts";
import { eventually, type LogLine, ServiceProcess } from "./service-process.ts";

/** A fault, its log line, and its code in `/health/ready`. */
interface Fault {
  readonly what: string;
  readonly flags: () => readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Matches the log line, including the remedy. */
  readonly line: RegExp;
  readonly reasons?: readonly string[];
  readonly notices?: readonly string[];
  /** The service works normally despite the fault, at normal CPU cost. */
  readonly works?: true;
}

const closing: (() => Promise<unknown> | unknown)[] = [];
let node: RegtestNode;
/** Publishes only rawtx. */
let bare: RegtestNode;
let old: Simulator;
let http: number;
let mute: number;

/** Starts a server until the end of the tests. @returns its port. */
async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const replaced = (flags: readonly string[], name: string, value: string): string[] =>
  flags.map((word, index) => (flags[index - 1] === name ? value : word));

const withUser = (flags: readonly string[], user: string): string[] => [...flags.slice(0, -2), "--rpc-user", user];

/** A stand-in node with few transactions. */
async function standIn(nodeVersion: number): Promise<Simulator> {
  const options = { rpcPassword: "s3cret", transactionsPerSecond: 0.2, historySeconds: 600 };
  const simulator = await startSimulator({ ...options, nodeVersion });
  closing.push(() => simulator.stop());
  return simulator;
}

const standInFlags = ({ endpoints: { rawtx, rawblock, sequence }, rpcUrl, rpcUser }: Simulator): string[] => [
  ...["--zmq-rawtx", String(rawtx), "--zmq-rawblock", String(rawblock), "--zmq-sequence", String(sequence)],
  ...["--rpc-url", rpcUrl, "--rpc-user", rpcUser],
];

const faults: Fault[] = [
  {
    what: "no node at all",
    flags: () => ["--zmq-rawtx", "tcp://127.0.0.1:1", "--zmq-rawblock", "none", "--rpc-url", "http://127.0.0.1:1"],
    line: /127\.0\.0\.1:1.*(running|zmqpubrawtx)/s,
    reasons: ["zmq_refused", "node_disconnected"],
    notices: ["rpc_"],
  },
  {
    what: "a wrong password",
    flags: () => withUser(nodeFlags(node), "somebody"),
    env: { UTXORACLE_RPC_PASSWORD: "s3cret-and-wrong" },
    line: /RPC failed.*password/s,
    notices: ["rpc_unauthorized"],
  },
  {
    what: "a topic that is not published",
    flags: () => [...nodeFlags(bare), "--zmq-sequence", bare.endpoints.rawtx],
    line: /does not publish sequence: .*zmqpubsequence=.*zmqpubsequencehwm=0/,
    notices: ["topic_sequence_unpublished", "no_rawblock"],
  },
  {
    what: "a port that accepts and never speaks",
    flags: () => [
      ...["--zmq-rawtx", `tcp://127.0.0.1:${mute}`, "--zmq-rawblock", "none", "--zmq-sequence", "none"],
      ...["--rpc-url", `http://127.0.0.1:${mute}`, "--rpc-user", "somebody"],
    ],
    env: { UTXORACLE_RPC_PASSWORD: "s3cret" },
    line: /tcp:\/\/127\.0\.0\.1:\d+ accepts connections.*zmqpubrawtx/s,
    reasons: ["zmq_silent", "node_disconnected"],
  },
  ...inSoak<Fault>(
    {
      what: "calls that are forbidden",
      flags: () => withUser(nodeFlags(node), "watcher"),
      env: { UTXORACLE_RPC_PASSWORD: "s3cret" },
      line: /RPC failed.*rpcwhitelist/s,
      notices: ["rpc_forbidden"],
    },
    {
      what: "a missing cookie",
      flags: () => replaced(nodeFlags(node), "--rpc-cookie", "/nowhere/.cookie"),
      line: /RPC failed.*\/nowhere\/\.cookie/s,
      notices: ["rpc_cookie_missing"],
    },
    {
      what: "another chain than the one asked for",
      flags: () => [...nodeFlags(node), "--chain", "main"],
      line: /on chain regtest, but --chain is main: .*change --chain/,
      reasons: ["wrong_chain"],
    },
    {
      what: "a node older than 25.0",
      flags: () => standInFlags(old),
      env: { UTXORACLE_RPC_PASSWORD: "s3cret" },
      line: /25\.0 or later is needed; update it/,
      notices: ["node_too_old"],
      works: true,
    },
    {
      what: "an endpoint that is not ZeroMQ",
      flags: () => replaced(nodeFlags(node), "--zmq-rawtx", `tcp://127.0.0.1:${http}`),
      line: /tcp:\/\/127\.0\.0\.1:\d+.*(ZeroMQ|ZMQ|zmqpubrawtx)/s,
      reasons: ["zmq_not_zmq", "node_disconnected"],
    },
  ),
];

const tells = (fault: Fault) => (line: LogLine) => line.level === "warn" && fault.line.test(String(line.msg));

const WATCHED_MS = 10_000;
const MOST_WATCHES = 3;
/**
 * Maximum share of a CPU. The ticks take 0.2 to 2 % of a slow or busy one; retries without a pause
 * take all.
 */
const MOST_CPU_WAITING = 0.05;

/** Measures the CPU share of each service; empty if the system does not report it. */
async function sharesOfProcessor(services: readonly ServiceProcess[]): Promise<number[]> {
  const usages = () =>
    services.map((service) => ({
      atMs: performance.now(),
      cpuMs: tellsUsage ? 1000 * usageOf(service).cpuSeconds : 0,
    }));
  const before = usages();
  await sleep(WATCHED_MS);
  return usages().map(({ atMs, cpuMs }, index) => {
    const from = before[index] as { atMs: number; cpuMs: number };
    // The sleep may take longer than requested.
    return (cpuMs - from.cpuMs) / (atMs - from.atMs);
  });
}

describe("a faulty node", needs("bitcoind"), () => {
  const services: ServiceProcess[] = [];
  /** The usual cost of a service that works. */
  let healthy: ServiceProcess | undefined;

  beforeAll(async () => {
    node = await RegtestNode.start({ extraArguments: restrictedUser("watcher", "s3cret", ["getblockcount"]) });
    closing.push(() => node.remove());
    bare = await RegtestNode.start({ topics: ["rawtx"] });
    closing.push(() => bare.remove());
    if (faults.some(({ works }) => works)) {
      old = await standIn(240_100);
      healthy = await ServiceProcess.listening(standInFlags(await standIn(290_000)), {
        UTXORACLE_RPC_PASSWORD: "s3cret",
      });
    }
    http = await portOf(createHttpServer((_request, response) => response.end("hello")));
    mute = await portOf(createServer(() => undefined));
    services.push(...(await Promise.all(faults.map(({ flags, env }) => ServiceProcess.listening(flags(), env)))));
  });

  afterAll(async () => {
    await Promise.all([...services, healthy].map((service) => service?.stop("SIGKILL")));
    for (const close of closing.splice(0).reverse()) await close();
  });

  it.for(faults.map((fault, index) => ({ what: fault.what, index, fault })))("$what", async ({ index, fault }) => {
    const service = services[index] as ServiceProcess;
    await service.logLine(tells(fault));
    const { answer } = await eventually(
      "the state in /health/ready",
      () => service.ready(),
      ({ answer: { reasons, notices = [] } }) =>
        (fault.reasons ?? []).every((code) => reasons.some((reason) => reason.code.startsWith(code))) &&
        (fault.notices ?? []).every((code) => notices.some((notice) => notice.code.startsWith(code))),
    );
    // The response is public, so it contains only codes.
    for (const reason of [...answer.answer.reasons, ...(answer.answer.notices ?? [])])
      expect(reason).toEqual({ code: expect.stringMatching(/^[a-z0-9_]+$/) });
    if (fault.reasons !== undefined) expect(answer.status).toBe(503);
  });

  it("is logged once, uses almost no CPU, and does not end the service", async () => {
    // Wait for the start-up work to end, which takes longer on a busy machine.
    const costs = async (): Promise<number[]> => {
      const shares = await sharesOfProcessor(healthy === undefined ? services : [...services, healthy]);
      const working = shares[faults.length] ?? 0;
      return faults.map(({ works }, index) => (shares[index] as number) - (works ? working : 0));
    };
    let shares = await costs();
    for (let watches = 1; watches < MOST_WATCHES && Math.max(...shares) >= MOST_CPU_WAITING; watches++)
      shares = await costs();
    for (const [index, fault] of faults.entries()) {
      const service = services[index] as ServiceProcess;
      const lines = service.log.filter(tells(fault));
      expect(
        lines.map(({ msg }) => msg),
        fault.what,
      ).toHaveLength(1);
      expect(service.child.exitCode, fault.what).toBeNull();
      expect(service.stderr, fault.what).not.toContain("s3cret");
      const share = shares[index] as number;
      console.log(`${fault.what}: ${(100 * share).toFixed(1)} % of a processor while waiting`);
      expect(share, fault.what).toBeLessThan(MOST_CPU_WAITING);
    }
  });

  it("that rejects the password gets fewer and fewer attempts", async () => {
    const refusals = (): number[] =>
      readFileSync(join(node.daemon.dataFolder, "regtest", "debug.log"), "utf8")
        .split("\n")
        .filter((line) => line.includes("incorrect password attempt"))
        .map((line) => Date.parse(line.slice(0, 20)) / 1000);
    /**
     * Index of the first attempt before a pause of 7 s: the fourth pause has 8 s; the log has whole
     * seconds.
     */
    const firstBeforeLongPause = (times: readonly number[]): number =>
      times.findIndex((time, index) => index + 1 < times.length && (times[index + 1] as number) - time >= 7);
    const { answer: times } = await eventually("a long pause", refusals, (found) => firstBeforeLongPause(found) >= 0);
    // Five attempts have four pauses; each of the three connections may cause one more attempt.
    expect(firstBeforeLongPause(times)).toBeGreaterThanOrEqual(2);
    expect(firstBeforeLongPause(times)).toBeLessThan(8);
  });
});
