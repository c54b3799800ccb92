import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs, RegtestNode } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCommandLine } from "../../src/commands/cli/parse.ts";
import { diagnose } from "../../src/commands/doctor/diagnose.ts";
import { doctorCommand } from "../../src/commands/doctor/doctor-command.ts";
import { locateNode } from "../../src/commands/doctor/locate-node.ts";
import { loadSettings } from "../../src/config/load.ts";
import { localNodes } from "../../src/config/local-nodes.ts";
import { nodeAccess } from "../../src/config/node-access.ts";
import { nodeFlags, restrictedUser } from "./node-flags.ts";
import { eventually, programPath, runToEnd, ServiceProcess } from "./service-process.ts";

interface Report {
  ok: boolean;
  checks: { check: string; result: string; message: string }[];
  bitcoin_conf: string[];
}

/** Runs the command in this process. Two tests below start the program. */
async function doctorOutput(
  words: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ exitCode: number; stdout: string }> {
  const line = parseCommandLine(["doctor", ...words], env);
  let stdout = "";
  const exitCode = await doctorCommand({
    line,
    loaded: loadSettings("doctor", line.flags, env, line.configPath),
    machine: { platform: "linux", home: "/nowhere" },
    stdout: { write: (text: string) => (stdout += text) } as unknown as NodeJS.WriteStream,
    invocation: { argv: [process.execPath, programPath], env, cwd: process.cwd() },
  });
  return { exitCode, stdout };
}

async function doctor(words: string[], env: NodeJS.ProcessEnv = {}): Promise<{ exitCode: number; report: Report }> {
  const { exitCode, stdout } = await doctorOutput(["--json", ...words], env);
  return { exitCode, report: JSON.parse(stdout) as Report };
}

const resultOf = (report: Report, name: string) => report.checks.find(({ check }) => check === name)?.result;
const messageOf = (report: Report, name: string) => report.checks.find(({ check }) => check === name)?.message;

describe("doctor, at a real node", needs("bitcoind"), () => {
  let wellSet: RegtestNode;
  let plain: RegtestNode;

  let shared: RegtestNode;
  const flags = nodeFlags;

  beforeAll(async () => {
    wellSet = await RegtestNode.start({ topics: ["rawtx", "rawblock", "sequence"], highWaterMark: 0 });
    plain = await RegtestNode.start({ topics: ["rawtx"] });
    shared = await RegtestNode.start({
      topics: ["hashtx", "rawblock", "rawtx", "sequence"],
      oneEndpoint: true,
      extraArguments: [
        ...["-zmqpubrawblockhwm=0", "-zmqpubrawtxhwm=0", "-zmqpubsequencehwm=0"],
        ...restrictedUser("watcher", "s3cret", ["getnetworkinfo", "getmempoolinfo", "getbestblockhash"]),
      ],
    });
  });

  afterAll(async () => {
    await wellSet?.remove();
    await plain?.remove();
    await shared?.remove();
  });

  it("exits with 0 when all checks pass", async () => {
    const { exitCode, stdout } = await runToEnd(["doctor", "--json", ...flags(wellSet), "--chain", "regtest"]);
    const report = JSON.parse(stdout) as Report;
    expect(report.checks.filter(({ result }) => result !== "ok")).toEqual([]);
    expect(report).toMatchObject({ ok: true, bitcoin_conf: [] });
    expect(exitCode).toBe(0);
  });

  it("warns about a test chain, unless --chain names it; exits with 0", async () => {
    const { exitCode, report } = await doctor(flags(wellSet));
    expect(resultOf(report, "chain")).toBe("warning");
    expect(report.ok).toBe(true);
    expect(exitCode).toBe(0);
    const wrong = await doctor([...flags(wellSet), "--chain", "main"]);
    expect(resultOf(wrong.report, "chain")).toBe("failed");
  });

  it("prints exactly the missing bitcoin.conf lines", async () => {
    const { exitCode, report } = await doctor([...flags(plain), "--chain", "regtest"]);
    expect(report.bitcoin_conf).toEqual([
      "zmqpubrawtxhwm=0",
      "zmqpubrawblock=tcp://127.0.0.1:28333",
      "zmqpubrawblockhwm=0",
      "zmqpubsequence=tcp://127.0.0.1:28334",
      "zmqpubsequencehwm=0",
    ]);
    expect({ exitCode, ok: report.ok }).toEqual({ exitCode: 0, ok: true });
    const text = (await doctorOutput(flags(plain))).stdout;
    expect(text).toContain(`Add to ${plain.daemon.dataFolder}/bitcoin.conf`);
    expect(text).toContain("  zmqpubrawtxhwm=0\n");
    expect(text).toMatch(/\n {2}node \S+main\.js .*--rpc-cookie \S+\.cookie\n/);
    expect(text).toMatch(/\n\d warnings\.\n$/);
  });

  it("prints the bitcoin.conf line for a socket file", async () => {
    const { report } = await doctor([...flags(plain), "--zmq-sequence", "ipc:///run/z.sock"]);
    expect(report.bitcoin_conf).toContain("zmqpubsequence=unix:/run/z.sock");
  });

  it("fails at a node with blocksonly=1, and the service is not ready", async () => {
    const topics = ["rawtx", "rawblock", "sequence"] as const;
    const deaf = await RegtestNode.start({ topics: [...topics], highWaterMark: 0, extraArguments: ["-blocksonly=1"] });
    try {
      const { exitCode, report } = await doctor([...flags(deaf), "--chain", "regtest"]);
      expect(resultOf(report, "relay")).toBe("failed");
      expect(messageOf(report, "relay")).toContain("blocksonly=1");
      expect(report.ok).toBe(false);
      expect(exitCode).toBe(1);
      const service = await ServiceProcess.listening(flags(deaf));
      const hasReason = ({ text }: { text: string }): boolean => text.includes('"node_blocks_only"');
      const { answer } = await eventually("the reason", () => service.get("/health/ready"), hasReason);
      expect(answer.status).toBe(503);
      await service.stop();
    } finally {
      await deaf.remove();
    }
  });

  it("finds the high-water mark of the topic that opened a shared socket", async () => {
    const { exitCode, report } = await doctor([...flags(shared), "--chain", "regtest"]);
    expect(resultOf(report, "topic_rawtx")).toBe("warning");
    expect(messageOf(report, "topic_rawtx")).toContain("this address uses the limit of hashtx");
    expect(report.bitcoin_conf).toEqual(["zmqpubhashtxhwm=0"]);
    expect(exitCode).toBe(0);
  });

  it("needs no flag: finds the running node by its process", async () => {
    const machine = { platform: "linux", home: "/nowhere" };
    // Nodes of other tests run at the same time.
    const own = () => localNodes(() => "/nowhere").filter(({ dataFolder }) => dataFolder === wellSet.daemon.dataFolder);
    const located = await locateNode(loadSettings("doctor", new Map(), {}, undefined), machine, own);
    expect(located).toMatchObject({
      found: ["rpc-url", "rpc-cookie"],
      dataFolder: wellSet.daemon.dataFolder,
      settings: { "rpc-url": wellSet.rpcUrl, "rpc-cookie": wellSet.cookiePath },
    });
  });

  it("finds the cookie of the node whose --rpc-url is given, and of no other", async () => {
    const machine = { platform: "linux", home: "/nowhere" };
    const own = () => localNodes(() => "/nowhere").filter(({ dataFolder }) => dataFolder === wellSet.daemon.dataFolder);
    const at = (rpcUrl: string) =>
      locateNode(loadSettings("doctor", new Map([["rpc-url", rpcUrl]]), {}, undefined), machine, own);
    const rpcUrl = wellSet.rpcUrl.replace("127.0.0.1", "localhost");
    expect(await at(rpcUrl)).toMatchObject({
      found: ["rpc-cookie"],
      settings: { "rpc-url": rpcUrl, "rpc-cookie": wellSet.cookiePath },
    });
    expect(await at(plain.rpcUrl)).toMatchObject({ found: [], dataFolder: null });
  });

  it("reports one problem if RPC fails: the default ports are only a guess then", async () => {
    const words = ["--rpc-url", wellSet.rpcUrl, "--rpc-cookie", "/nowhere/.cookie"];
    const { exitCode, report } = await doctor([...words, "--zmq-rawtx", "auto"]);
    expect(report.checks.filter(({ result }) => result === "failed").map(({ check }) => check)).toEqual(["rpc"]);
    expect(exitCode).toBe(3);
  });

  it("names a node that answers, if the one of the flags does not", async () => {
    const end = await doctorOutput(["--rpc-url", wellSet.rpcUrl, "--rpc-cookie", "/nowhere/.cookie"]);
    expect(end.stdout).toMatch(/^A node in \S+ answers: leave out the --rpc flags to check that one\.$/m);
  });

  it("subscribes where the node publishes, with --rpc-cookie set to its data folder", async () => {
    const words = ["--rpc-url", wellSet.rpcUrl, "--rpc-cookie", wellSet.daemon.dataFolder];
    const { report } = await doctor(words);
    for (const topic of ["rawtx", "rawblock", "sequence"] as const)
      expect(messageOf(report, `feed_${topic}`)).toContain(`${wellSet.endpoints[topic]} answers`);
  });

  it("finds that a node has its network off and is pruned, and prints all ZMQ lines if it publishes nothing", async () => {
    const silent = await RegtestNode.start({ topics: [], extraArguments: ["-prune=550", "-networkactive=0"] });
    try {
      const { exitCode, report } = await doctor(["--rpc-url", silent.rpcUrl, "--rpc-cookie", silent.daemon.dataFolder]);
      expect(messageOf(report, "history")).toContain("pruned");
      expect(messageOf(report, "relay")).toContain("setnetworkactive true");
      expect(resultOf(report, "topic_rawtx")).toBe("failed");
      expect(report.bitcoin_conf).toEqual(
        ["rawtx", "rawblock", "sequence"].flatMap((topic, index) => [
          `zmqpub${topic}=tcp://127.0.0.1:${28_332 + index}`,
          `zmqpub${topic}hwm=0`,
        ]),
      );
      expect(exitCode).toBe(1);
    } finally {
      await silent.remove();
    }
  });

  it("writes a settings file that starts the service, without replacing one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "doctor-"));
    try {
      const config = join(folder, "live.json");
      const words = [
        "doctor",
        "--rpc-url",
        wellSet.rpcUrl,
        "--rpc-cookie",
        wellSet.cookiePath,
        "--write-config",
        config,
      ];
      const end = await runToEnd(words);
      expect(end.stdout).toContain(`main.js --config ${config}\n`);
      expect(JSON.parse(readFileSync(config, "utf8"))).toEqual({
        "rpc-url": wellSet.rpcUrl,
        "rpc-cookie": wellSet.cookiePath,
      });
      const service = await ServiceProcess.listening(["--config", config]);
      await service.logLine(({ msg }) => msg === "window in sync with node");
      await service.stop();
      expect(await runToEnd(words)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`${config} exists`) });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("lists all forbidden RPC calls", async () => {
    const { exitCode, report } = await doctor([...flags(shared).slice(0, -2), "--rpc-user", "watcher"], {
      UTXORACLE_RPC_PASSWORD: "s3cret",
    });
    expect(exitCode).not.toBe(0);
    expect(resultOf(report, "rpc")).toBe("failed");
    expect(messageOf(report, "rpc_rights")).toBe(
      "the node forbids this user to call getblockchaininfo, getrawmempool, getrawtransaction, getblockhash, getblockheader, getblock, getzmqnotifications: add them to its rpcwhitelist",
    );
  });

  // The reported difference is a lower bound: the round-trip time is subtracted.
  it.each([
    [0, "ok", /agree/],
    [-609, "failed", /clock is 60\d s behind the node's/],
    [609, "failed", /clock is 60\d s ahead of the node's/],
  ])("reports a clock that is off by %i s as %s", async (seconds, result, message) => {
    const { settings } = loadSettings("doctor", new Map(), {}, undefined);
    const access = nodeAccess(
      {
        ...settings,
        "zmq-rawtx": wellSet.endpoints.rawtx,
        "rpc-url": wellSet.rpcUrl,
        "rpc-cookie": wellSet.cookiePath,
      },
      { platform: "linux", home: "/nowhere" },
    );
    try {
      const { findings } = await diagnose(access, "regtest", () => Date.now() / 1000 + seconds);
      const clock = findings.find(({ check }) => check === "clock");
      expect(clock?.result).toBe(result);
      expect(clock?.message).toMatch(message);
    } finally {
      access.node?.close();
    }
  });

  it("distinguishes a wrong password, a missing cookie and no node; exits with 3", async () => {
    const password = await doctor(["--rpc-user", "somebody", ...flags(wellSet)], { UTXORACLE_RPC_PASSWORD: "s3cret" });
    expect(password.exitCode).toBe(3);
    expect(messageOf(password.report, "rpc")).toMatch(/password/);
    expect(JSON.stringify(password.report)).not.toContain("s3cret");
    expect(resultOf(password.report, "feed_rawtx")).toBe("ok");

    const cookie = await doctor([...flags(wellSet).slice(0, -1), "/nowhere/.cookie"]);
    expect(messageOf(cookie.report, "rpc")).toContain("/nowhere/.cookie");

    const absent = await doctor([
      "--rpc-url",
      "http://127.0.0.1:1",
      "--zmq-rawtx",
      "tcp://127.0.0.1:1",
      "--rpc-cookie",
      wellSet.cookiePath,
    ]);
    expect(absent.exitCode).toBe(3);
    expect(resultOf(absent.report, "rpc")).toBe("failed");
    expect(resultOf(absent.report, "feed_rawtx")).toBe("failed");
    expect(resultOf(absent.report, "version")).toBe("unknown");
    expect(absent.report.bitcoin_conf).toContain("server=1");
  });

  it("fails for an endpoint of another service", async () => {
    const http = createServer((_request, response) => response.end("hello"));
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const { port } = http.address() as AddressInfo;
    try {
      const { report, exitCode } = await doctor([...flags(wellSet).slice(2), "--zmq-rawtx", `tcp://127.0.0.1:${port}`]);
      expect(resultOf(report, "topic_rawtx")).toBe("failed");
      expect(messageOf(report, "topic_rawtx")).toContain(wellSet.endpoints.rawtx);
      expect(resultOf(report, "feed_rawtx")).toBe("failed");
      expect(exitCode).toBe(3);
    } finally {
      http.close();
    }
  });
});
