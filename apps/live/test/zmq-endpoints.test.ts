import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { cookieFileAt } from "../src/config/cookie-folder.ts";
import { localNodes } from "../src/config/local-nodes.ts";
import { resolveEndpoints } from "../src/config/zmq-endpoints.ts";

const auto = { rawtx: "auto", rawblock: "auto", sequence: "auto" };
const publication = (topic: string, address: string) => ({ type: `pub${topic}`, address, highWaterMark: 1000 });

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "node-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function writeFile(path: string, content: string, time: number): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  utimesSync(path, time, time);
}

describe("--zmq-* auto", () => {
  it("is where the node publishes, at the host of its RPC", () => {
    const published = [publication("rawtx", "tcp://0.0.0.0:5001"), publication("sequence", "tcp://10.0.0.5:5002")];
    expect(resolveEndpoints(auto, published, "node.lan")).toEqual({
      rawtx: "tcp://node.lan:5001",
      // The port of the README's bitcoin.conf: found as soon as the node publishes there.
      rawblock: "tcp://node.lan:28333",
      sequence: "tcp://10.0.0.5:5002",
    });
  });

  it("is the documented port if the node does not say", () => {
    expect(resolveEndpoints(auto, null, "::1").rawtx).toBe("tcp://[::1]:28332");
    expect(resolveEndpoints({ ...auto, sequence: "none" }, null, null)).toEqual({
      rawtx: "tcp://127.0.0.1:28332",
      rawblock: "tcp://127.0.0.1:28333",
    });
  });

  it("leaves given addresses unchanged", () => {
    const given = { rawtx: "tcp://10.0.0.9:1", rawblock: "none", sequence: "none" };
    expect(resolveEndpoints(given, [publication("rawtx", "tcp://127.0.0.1:2")], "127.0.0.1")).toEqual({
      rawtx: "tcp://10.0.0.9:1",
    });
  });
});

describe("--rpc-cookie with a data folder", () => {
  it("is the newest cookie, or that of --chain", () => {
    const data = folder();
    writeFile(join(data, ".cookie"), "a:b", 1000);
    writeFile(join(data, "regtest/.cookie"), "a:b", 2000);
    expect(cookieFileAt(data, undefined)).toBe(join(data, "regtest/.cookie"));
    expect(cookieFileAt(join(data, "regtest"), undefined)).toBe(join(data, "regtest/.cookie"));
    expect(cookieFileAt(data, "signet")).toBe(join(data, ".cookie"));
    expect(cookieFileAt(join(data, ".cookie"), "regtest")).toBe(join(data, ".cookie"));
  });

  it("is the usual path in a folder whose node has not started", () => {
    const data = folder();
    expect(cookieFileAt(data, undefined)).toBe(join(data, ".cookie"));
    expect(cookieFileAt(data, "testnet4")).toBe(join(data, "testnet4", ".cookie"));
  });
});

describe("nodes on this machine", () => {
  it("have the port and chain of their bitcoin.conf", () => {
    const home = folder();
    const conf = "# mine\rregtest=1\r\nrpcport=1\n[regtest]\nrpcport = 19000 # here\n[main]\nrpcport=2\n";
    writeFile(join(home, ".bitcoin/bitcoin.conf"), conf, 1000);
    writeFile(join(home, ".bitcoin/regtest/.cookie"), "a:b", 1000);
    expect(localNodes(() => home)).toContainEqual({
      chain: "regtest",
      dataFolder: join(home, ".bitcoin"),
      cookiePath: join(home, ".bitcoin/regtest/.cookie"),
      rpcUrl: "http://127.0.0.1:19000",
    });
  });

  it("have the defaults if bitcoin.conf is a pipe, which is not waited for", needs("mkfifo"), () => {
    const home = folder();
    mkdirSync(join(home, ".bitcoin"));
    execFileSync("mkfifo", [join(home, ".bitcoin/bitcoin.conf")]);
    const node = localNodes(() => home).find(({ dataFolder }) => dataFolder === join(home, ".bitcoin"));
    expect(node).toMatchObject({ chain: "main", rpcUrl: "http://127.0.0.1:8332" });
  });
});
