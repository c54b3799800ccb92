import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, inSoak, needs } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  cleanEnvironment,
  eventually,
  nodeless,
  programPath,
  runToEnd,
  ServiceProcess,
  smallDemo,
} from "./service-process.ts";
import { startStandInNode } from "./stand-in-node.ts";

const folder = mkdtempSync(join(tmpdir(), "process-end-"));
/** The other tests end services with SIGTERM, the demo of the README with SIGINT. */
const SIGNALS = ["SIGHUP", ...inSoak("SIGINT", "SIGTERM")] as const;
/** Timeout for a process that ignores a signal; reached only by a failing test. */
const DEADLINE_MS = 20_000;

/** Ends a process with a signal. @returns its exit code and how long it took. */
async function stopped(service: ServiceProcess, signal: NodeJS.Signals = "SIGTERM") {
  const startedAt = performance.now();
  const timer = setTimeout(() => service.child.kill("SIGKILL"), DEADLINE_MS);
  const { exitCode, stderr } = await service.stop(signal);
  clearTimeout(timer);
  return { exitCode, stderr, tookMs: performance.now() - startedAt };
}

/** Waits until the program handles signals. Node.js itself ignores SIGHUP. */
const hearsSignals = ({ child }: ServiceProcess): Promise<unknown> =>
  eventually(
    "a handler for SIGHUP",
    () => readFileSync(`/proc/${child.pid}/status`, "utf8"),
    (status) => (Number.parseInt(/^SigCgt:\s*\S*(\S)$/m.exec(status)?.[1] ?? "0", 16) & 1) !== 0,
  );

function pipe(name: string): string {
  const path = join(folder, name);
  execFileSync("mkfifo", [path]);
  return path;
}

describe("a signal stops the program with exit code 0", () => {
  it.each(SIGNALS)("%s to a service", async (signal) => {
    expect(await stopped(await ServiceProcess.listening(nodeless), signal)).toMatchObject({ exitCode: 0 });
  });

  it.skipIf(process.platform !== "linux")("while it loads", async () => {
    const service = new ServiceProcess([...smallDemo, "--port", "0"]);
    await hearsSignals(service);
    expect(await stopped(service)).toMatchObject({ exitCode: 0 });
  });

  it
    .skipIf(process.platform !== "linux")
    .each([["settings", "--config"], ...inSoak<[string, string]>(["credentials", "--bus-creds"])])(
    "while it waits for a pipe with %s",
    async (name, flag) => {
      const service = new ServiceProcess([...nodeless, "--port", "0", "--bus", "nats://127.0.0.1:9", flag, pipe(name)]);
      await hearsSignals(service);
      expect(await stopped(service)).toMatchObject({ exitCode: 0 });
    },
  );

  it
    .skipIf(process.platform !== "linux")
    .each<string[]>([
      ["price", "--blocks", "1"],
      [],
      ...inSoak<string[]>(["doctor"], ["record", join(folder, "mute")]),
    ])("while a node accepts connections but never responds: %j", async (...words) => {
    const mute = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => mute.once("listening", resolve));
    onTestFinished(() => void mute.close());
    const { port } = mute.address() as { port: number };
    const asked = new Promise((resolve) => mute.once("connection", resolve));
    const node = ["--rpc-url", `http://127.0.0.1:${port}`, "--rpc-user", "u", "--chain", "main"];
    const service = new ServiceProcess([...words, ...node, ...(words.length === 0 ? ["--port", "0"] : [])], {
      UTXORACLE_RPC_PASSWORD: "p",
    });
    await asked;
    expect(await stopped(service)).toMatchObject({ exitCode: 0 });
  });

  it("while a replay computes days of recorded time at full speed", async () => {
    const capture = join(folder, "sparse.hex");
    // Transactions hours apart; they need not be payments.
    writeFileSync(capture, `${Array.from({ length: 2000 }, () => "00".repeat(60)).join("\n")}\n`);
    const words = ["replay", capture, "--speed", "max", "--span", "10000000", "--window", "43200"];
    const service = await ServiceProcess.listening(words);
    expect((await service.get("/health/live")).status).toBe(200);
    expect(service.log.find(({ msg }) => msg?.includes("replay finished"))).toBeUndefined();
    expect(await stopped(service)).toMatchObject({ exitCode: 0 });
  });

  it("immediately on the second signal", async () => {
    const service = await ServiceProcess.listening(nodeless);
    // The server waits for a connection that its client does not close.
    const stream = await fetch(new URL("/api/v1/stream", service.url));
    onTestFinished(() => stream.body?.cancel());
    service.child.kill("SIGTERM");
    service.child.kill("SIGINT");
    const { exitCode } = await service.ended;
    expect([0, 130]).toContain(exitCode);
  });
});

describe("a blocked stderr does not stop the service", { timeout: 60_000 }, () => {
  /** Starts the service with the given stderr and waits until it has lost lines. */
  async function withStderr(stderr: "pipe" | number): Promise<ChildProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, [programPath, ...nodeless, "--port", String(port), "--log-level", "debug"], {
      env: cleanEnvironment({ UTXORACLE_LOG_FORMAT: "json" }),
      stdio: ["ignore", "ignore", stderr],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    if (stderr === "pipe") child.stderr?.destroy();
    const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await eventually(
      "lost lines",
      () => metrics().catch(() => ""),
      (text) => /^utxoracle_log_lines_lost_total [1-9]/m.test(text),
    );
    return child;
  }

  const exitCodeOf = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => {
      child.once("exit", (code) => resolve(code));
      child.kill("SIGTERM");
    });

  it.skipIf(process.platform !== "linux")("a full device: lines are lost and counted", async () => {
    const full = openSync("/dev/full", "w");
    onTestFinished(() => closeSync(full));
    const child = await withStderr(full);
    expect(await exitCodeOf(child)).toBe(0);
  });

  it("a closed pipe", async () => {
    const child = await withStderr("pipe");
    expect(await exitCodeOf(child)).toBe(0);
  });

  it.skipIf(process.platform !== "linux")("a pipe that is never read", async () => {
    const path = join(folder, "stuck");
    execFileSync("mkfifo", [path]);
    // Opened for reading too, so that it has a client. Then filled.
    const pipe = openSync(path, "r+");
    onTestFinished(() => closeSync(pipe));
    spawnSync("dd", ["if=/dev/zero", `of=${path}`, "bs=4096", "count=64", "oflag=nonblock"], { stdio: "ignore" });
    const child = await withStderr(pipe);
    expect(await exitCodeOf(child)).toBe(0);
  });
});

it.skipIf(process.platform === "win32")("starts with stdout and stderr in a shell pipe", () => {
  const end = spawnSync("sh", ["-c", '"$0" "$1" --version 2>&1 | cat', process.execPath, programPath], {
    env: cleanEnvironment(),
    encoding: "utf8",
  });
  expect(end.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe("a path that is not a file is rejected with one line", () => {
  it.each([
    ["a pipe to replay", (): string[] => ["replay", pipe("recording")], "recording: is a pipe, not a file"],
    ["a folder for --html", (): string[] => ["price", "--blocks", "1", "--html", folder], "is a folder, not a file"],
    ["a file for --data-dir", (): string[] => ["--data-dir", programPath], `--data-dir: ${programPath} cannot be used`],
    ...inSoak<[string, () => string[], string]>(
      ["a device to replay", () => ["replay", "/dev/zero"], "/dev/zero: is a device, not a file"],
      ["a pipe for --html", () => ["price", "--blocks", "1", "--html", pipe("page")], "is a pipe, not a file"],
      ["a folder to record to", () => ["record", folder], "is a folder, not a file"],
      ["a pipe to record to", () => ["record", pipe("capture")], "capture: is a pipe, not a file"],
      ["a folder that cannot be made", () => ["--data-dir", "/proc/x"], "--data-dir: /proc/x cannot be used"],
    ),
  ])("%s", async (_what, words, line) => {
    const { exitCode, stderr } = await runToEnd(words());
    expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(line)]);
    expect(exitCode).toBe(2);
  });

  it("a pipe among block files", async () => {
    const blocks = mkdtempSync(join(folder, "blocks-"));
    execFileSync("mkfifo", [join(blocks, "blk00000.dat")]);
    const { exitCode, stderr } = await runToEnd(["price", "--blocks", "1", "--blocks-dir", blocks]);
    expect(stderr).toMatch(/^utxoracle-live: [^\n]*blk00000.dat[^\n]*not a [^\n]*file[^\n]*\n$/);
    expect(exitCode).toBe(1);
  });

  it("a pipe as cookie does not block the service or its exit", async () => {
    const words = ["--port", "0", "--rpc-url", "http://127.0.0.1:9", "--rpc-cookie", pipe("cookie")];
    const service = new ServiceProcess(words);
    await service.logLine(({ code }) => code === "rpc_cookie_unreadable");
    expect(await stopped(service)).toMatchObject({ exitCode: 0 });
  });
});

it("reads settings from a pipe", async () => {
  const [config, written] = [pipe("config"), JSON.stringify({ port: "eighty" })];
  const service = new ServiceProcess([...nodeless, "--config", config]);
  // Blocks until there is a client, so it runs in a thread.
  await writeFile(config, written);
  const { exitCode, stderr } = await service.ended;
  expect(stderr).toContain(`"port" in ${config}`);
  expect(exitCode).toBe(2);
});

describe("the data folder", () => {
  it.skipIf(process.platform === "win32")("can be used again by its owner with any umask", async () => {
    const path = join(folder, "a", "b");
    const service = spawn("sh", ["-c", `umask 777; exec "$@"`, "sh", process.execPath, programPath, ...words(path)], {
      env: cleanEnvironment({ UTXORACLE_LOG_FORMAT: "json" }),
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => void service.kill("SIGKILL"));
    await new Promise<void>((resolve) =>
      service.stderr?.on("data", (text: Buffer) => {
        if (text.includes("listening")) resolve();
      }),
    );
    for (const made of [join(folder, "a"), path]) expect(statSync(made).mode & 0o777).toBe(0o700);
    const ended = new Promise((resolve) => service.once("exit", resolve));
    service.kill("SIGTERM");
    await ended;
    const written = readdirSync(path, { recursive: true, withFileTypes: true });
    expect(written.length).toBeGreaterThan(0);
    for (const entry of written) {
      const owner = entry.isDirectory() ? 0o700 : 0o600;
      expect(statSync(join(entry.parentPath, entry.name)).mode & owner, entry.name).toBe(owner);
    }
  });

  const words = (path: string): string[] => [...nodeless, ...["--port", "0", "--data-dir", path]];
});

describe("too few file descriptors", needs("prlimit"), () => {
  it.each([23, ...inSoak(24)])("%d: exits with 1 and one line", (limit) => {
    const end = spawnSync(
      "prlimit",
      [`--nofile=${limit}`, process.execPath, programPath, ...smallDemo, "--port", "0"],
      {
        env: cleanEnvironment(),
        encoding: "utf8",
        timeout: DEADLINE_MS,
      },
    );
    expect(end.stderr).toMatch(/^utxoracle-live: [^\n]*file descriptors[^\n]*ulimit -n[^\n]*\n$/);
    expect(end.status).toBe(1);
  });

  it("logs the shortage once, and the recovery", async () => {
    const node = await startStandInNode(7, 1);
    onTestFinished(() => node.stop());
    const service = await ServiceProcess.listening(node.flags, node.env);
    for (const topic of ["rawtx", "rawblock", "sequence"])
      await service.logLine(({ msg, topics }) => msg === "connected to node" && [topics].flat().includes(topic));
    execFileSync("prlimit", ["--pid", String(service.child.pid), "--nofile=10:"]);
    await service.logLine(({ level, msg }) => level === "error" && String(msg).includes("out of file descriptors"));
    execFileSync("prlimit", ["--pid", String(service.child.pid), "--nofile=1000:"]);
    await service.logLine(({ msg }) => msg === "file descriptors available again");
    expect(await stopped(service)).toMatchObject({ exitCode: 0 });
  });
});
