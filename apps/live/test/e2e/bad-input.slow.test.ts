import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { cleanEnvironment, programPath, runToEnd } from "./service-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bad-input-"));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/**
 * Expects exit code 2, one line on stderr that contains `culprit`, no stack trace, and an empty
 * stdout.
 */
async function refused(words: string[], culprit: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const { exitCode, stderr, stdout } = await runToEnd(words, env);
  const complaints = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
  expect(complaints).toHaveLength(1);
  expect(complaints[0]).toContain(culprit);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
}

describe("the command line", () => {
  it.each([
    [["--prot", "8000"], "unknown flag --prot"],
    [["--port", "eighty"], "--port: the value is not a port number"],
    [["--zmq-rawtx", "http://127.0.0.1:28332"], "--zmq-rawtx: the value is not a ZMQ endpoint"],
    [["--zmq-rawtx", "none"], "--zmq-rawtx: an endpoint is required"],
    [["bogus"], "unknown command (argument 1)"],
    [["replay"], "replay: missing file"],
    [["replay", "/nowhere/capture"], "/nowhere/capture"],
    [["replay", folder], folder],
    [["replay", "a", "b"], "only one file is allowed"],
    [["demo", "extra"], "demo: unexpected argument"],
  ])("rejects %j with one line", async (words, culprit) => {
    await refused(words, culprit);
  });

  it("rejects a file that is not a capture", async () => {
    await refused(["replay", file("letter.txt", "Dear node,\nplease send transactions.\n")], "letter.txt");
    await refused(["replay", file("empty", "")], "empty");
    await refused(["replay", file("noise.gz", gzipSync(Buffer.alloc(5000, 7)))], "noise.gz");
    await refused(["replay", file("odd.hex", `${"00".repeat(60)}\n${"0".repeat(121)}\n`)], "odd.hex, line 2");
    await refused(["replay", file("cut.gz", gzipSync("00".repeat(4000)).subarray(0, 20))], "cut.gz");
  });

  it("rejects a port in use and names it", async () => {
    const occupant = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => occupant.once("listening", resolve));
    const { port } = occupant.address() as { port: number };
    try {
      await refused(["demo", "--port", String(port)], `127.0.0.1:${port}`);
      await refused(["--rpc-url", "none", "--port", String(port)], `127.0.0.1:${port}`);
    } finally {
      occupant.close();
    }
  });

  it("rejects an address of another machine", async () => {
    await refused(["demo", "--host", "192.0.2.1", "--port", "0"], "192.0.2.1");
  });

  it("prints help and version on stdout and exits with 0", async () => {
    const help = await runToEnd(["--help"]);
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    expect(help.stdout).toContain("--zmq-rawtx URL");
    const version = await runToEnd(["--version"]);
    expect(version).toMatchObject({ exitCode: 0, stderr: "" });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("exits with 1 and one line when stdout is full", needs("/dev/full"), () => {
    const full = openSync("/dev/full", "w");
    try {
      const end = spawnSync(process.execPath, [programPath, "--help"], {
        env: cleanEnvironment(),
        stdio: ["ignore", full, "pipe"],
        encoding: "utf8",
      });
      expect(end.stderr).toMatch(/^utxoracle-live: cannot write to stdout: [^\n]*no space left[^\n]*\n$/);
      expect(end.status).toBe(1);
    } finally {
      closeSync(full);
    }
  });
});
