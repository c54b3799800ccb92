import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { corpusPath, freePort, inSoak, needs, RegtestNode } from "@utxoracle/testkit";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { commands } from "../src/commands/cli/commands.ts";
import { cleanEnvironment, programPath } from "./e2e/service-process.ts";

// Commands, paths and outputs in README.md match the program.

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const section = (heading: string): string => {
  const [, text] = readme.split(`\n## ${heading}\n`);
  if (text === undefined) throw new Error(`README.md has no part "${heading}"`);
  return text.split("\n## ")[0] as string;
};
/** Table rows of a section, without heads. */
const rows = (heading: string): string[] =>
  section(heading)
    .split("\n")
    .filter((line, index, lines) => line.startsWith("| ") && !lines[index + 1]?.startsWith("|---"));
/** For the demo, which simulates a whole window in some six seconds of CPU. */
const LITTLE_HISTORY = { UTXORACLE_WINDOW: "600" };
const folder = mkdtempSync(join(tmpdir(), "readme-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface End {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the built program in a temporary folder. */
function run(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<End> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: cleanEnvironment(env) };
    execFile(process.execPath, [programPath, ...words], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

/** Listens on a free port of 127.0.0.1 until the end of the test. */
async function takenPort(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as { port: number }).port, server };
}

describe("the tables of the README", () => {
  it("have every command", () => {
    const named = rows("Commands").map((row) => /^\| `utxoracle-live ?(\w*)/.exec(row)?.[1] || "serve");
    expect(named.sort()).toEqual(Object.keys(commands).sort());
  });
});

describe("an error of the command line", () => {
  const commandErrors: [typed: string, code: number, says: string][] = [
    ["--prot 1", 2, "unknown flag --prot (did you mean --port?); utxoracle-live --help lists the flags"],
    ["demo", 2, "127.0.0.1:8000 is in use by another program; stop it or choose another port"],
    [
      "price --blocks 1",
      3,
      "getblockchaininfo: no cookie file at /home/me/.bitcoin/.cookie: start the node, set the path to .cookie in its data folder, or use a user and password",
    ],
    ...inSoak<[string, number, string]>(
      ["--port 99999", 2, "--port: the value is not a port number from 0 (any free port) to 65535"],
      ["record feed.capture", 2, "record: feed.capture: the file exists; choose another name, or remove it"],
      ["replay none.capture", 2, "replay: none.capture: no such file or folder"],
      ["price", 2, "price: missing window; use --blocks 144, --hours 3, --date YYYY-MM-DD, or --from and --to"],
      ["edge", 2, "edge: missing --bus; usage: utxoracle-live edge --bus nats://HOST:4222"],
      [
        "price --blocks 1 --rpc-user a --rpc-password b",
        3,
        "getblockchaininfo: connection refused by http://127.0.0.1:8332: start the node with server=1, or correct the address",
      ],
    ),
  ];
  it.each(commandErrors)("of `%s` exits with %d and says what to do", async (typed, code, says) => {
    const { port } = await takenPort();
    const nowhere = await freePort();
    writeFileSync(join(folder, "feed.capture"), "");
    const env = {
      HOME: folder,
      UTXORACLE_RPC_URL: `http://127.0.0.1:${nowhere}`,
      ...(typed === "demo" && { UTXORACLE_PORT: String(port), UTXORACLE_LOG_LEVEL: "error", ...LITTLE_HISTORY }),
    };
    const expected = says
      .replace(":8000 ", `:${port} `)
      .replace(":8332:", `:${nowhere}:`)
      .replace("/home/me/", `${folder}/`);
    expect(await run(typed.split(" "), env)).toEqual({ code, out: "", err: `utxoracle-live: ${expected}\n` });
  });
});

describe("the outputs of the README", () => {
  /** Pairs of command and output. */
  const shown = [...section("Example output").matchAll(/```sh\n(.*)\n```\n[^`]*```text\n([\s\S]*?)```/g)].map(
    ([, command = "", output = ""]) => ({ words: command.replace("utxoracle-live ", "").split(" "), output }),
  );
  const [doctor, price, demo, curl] = shown;

  it("are four", () => {
    expect(shown.map(({ words }) => words[0])).toEqual(["doctor", "price", "demo", "curl"]);
  });

  it("include that of doctor, except the node's version", needs("bitcoind"), async () => {
    const node = await RegtestNode.start({ topics: ["rawtx"] });
    onTestFinished(() => node.remove());
    const nothingThere = `tcp://127.0.0.1:${await freePort()}`;
    const { code, out } = await run(doctor?.words ?? [], {
      UTXORACLE_ZMQ_RAWTX: node.endpoints.rawtx,
      UTXORACLE_ZMQ_RAWBLOCK: nothingThere,
      UTXORACLE_RPC_URL: node.rpcUrl,
      UTXORACLE_RPC_COOKIE: node.cookiePath,
    });
    const usual = out
      .replaceAll(node.endpoints.rawtx, "tcp://127.0.0.1:28332")
      .replaceAll(nothingThere, "tcp://127.0.0.1:28333")
      .replaceAll(node.daemon.dataFolder, "/home/me/.bitcoin")
      .replace(/node \S+main\.js/, "npx utxoracle-live");
    const anyVersion = (text: string): string => text.replace(/the node is \/\S+/, "the node is /…/");
    expect(anyVersion(usual)).toBe(anyVersion(doctor?.output ?? ""));
    expect(code).toBe(1);
  });

  it("include that of price, to the last digit", needs("corpus"), async () => {
    const block = gunzipSync(readFileSync(corpusPath("blocks/702861.raw.gz")));
    const head = Buffer.alloc(8);
    head.writeUInt32BE(0xf9beb4d9);
    head.writeUInt32LE(block.length, 4);
    mkdirSync(join(folder, "blocks"));
    writeFileSync(join(folder, "blocks", "blk00000.dat"), Buffer.concat([head, block]));
    expect(await run(price?.words ?? [])).toEqual({ code: 0, out: price?.output, err: "" });
  });

  it("include the log lines of demo, and the fields of the price", async () => {
    const child = spawn(process.execPath, [programPath, ...(demo?.words ?? [])], {
      env: cleanEnvironment({ UTXORACLE_PORT: "0", ...LITTLE_HISTORY }),
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = new Promise((resolve) => child.once("close", resolve));
    let log = "";
    for await (const text of child.stderr.setEncoding("utf8")) {
      log += text;
      // The sync may finish before all topics are connected.
      const hasAll = log.includes("window in sync with node") && log.split("connected to node {").length > 3;
      if (child.killed || !hasAll) continue;
      const [, address = ""] = /open in a browser: (http:\S+)/.exec(log) ?? [];
      const answer: unknown = await (await fetch(`${address}/api/v1/price`)).json();
      expect(Object.keys(answer as object)).toEqual(Object.keys(JSON.parse(curl?.output ?? "")));
      child.kill("SIGINT");
    }
    expect(await ended).toBe(0);
    const without = (text: string): string => text.replaceAll(/\d+/g, "#");
    const printed = without(log).split("\n");
    for (const line of without(demo?.output ?? "").split("\n")) expect(printed, log).toContain(line);
  });
});
