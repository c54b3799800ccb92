import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { corpusPath, inSoak, needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { helpText } from "../src/commands/cli/help.ts";
import { programPath, runToEnd } from "./e2e/service-process.ts";
import { FOR_LONG_WINDOWS, FOR_NO_PRICES, RegtestChain } from "./price-regtest-chain.ts";

/** Expects one line on stderr that matches `culprit`, and an empty stdout. */
async function refused(words: readonly string[], exitCode: number, culprit: string | RegExp): Promise<void> {
  const end = await runToEnd(["price", ...words]);
  expect(end).toMatchObject({ exitCode, stdout: "" });
  expect(end.stderr).toMatch(/^utxoracle-live: [^\n]+\n$/);
  expect(end.stderr).toMatch(culprit);
}

describe("price", () => {
  it.each([
    [["--blocks", "3", "--html", "/nowhere/x.html"], "--html: /nowhere/x.html cannot be written"],
    [["--blocks", "3", "--rpc-url", "none"], "--blocks-dir"],
    ...inSoak<[string[], string]>([["--blocks", "3", "extra"], "price: unexpected argument"]),
  ])("rejects %j with one line", async (words, culprit) => {
    await refused(words, 2, culprit);
  });

  it("exits with 3 without a node, and with 1 without access", async () => {
    const silent = createServer((_, response) => response.writeHead(401).end());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const password = ["--rpc-user", "u", "--rpc-password", "wrong-secret"];
    try {
      await refused(["--blocks", "3", "--rpc-url", url, ...password], 1, /refuses|password/);
    } finally {
      await new Promise((resolve) => silent.close(resolve));
    }
    for (const hidden of inSoak(password))
      await refused(["--blocks", "3", "--rpc-url", url, ...hidden], 3, url.slice(7));
    await refused(["--date", "2024-01-06", "--rpc-url", url, "--blocks-from", "rest"], 3, /cannot be reached/);
    await refused(["--from", "2024-01-06", "--to", "2024-01-07", "--rpc-url", url, ...password], 3, url.slice(7));
    for (const cookie of inSoak("/nowhere/.cookie"))
      await refused(["--blocks", "3", "--rpc-url", url, "--rpc-cookie", cookie], 3, cookie);
    await refused(["--blocks", "3", "--blocks-dir", "/nowhere"], 1, "/nowhere cannot be read");
  });

  it("does not use the names of another project for its prices", () => {
    const folder = dirname(programPath);
    const files = readdirSync(folder).filter((name) => name.endsWith(".js"));
    expect(files).toEqual(
      expect.arrayContaining(["main.js", "day-worker.js", "estimate-worker.js", "price-page.global.js"]),
    );
    for (const name of files)
      expect(readFileSync(join(folder, name), "utf8")).not.toMatch(/(?:consensus|block window) price/i);
  });

  it.each([
    ["367891", /^utxoracle-live: prices are tested from 2021-01-01 on[^\n]*\n$/],
    // The README's example has none either.
    ...inSoak<[string, RegExp]>(["702861", /^$/]),
  ])("of block %s writes %s to stderr", needs("corpus"), async (height, notice) => {
    const folder = mkdtempSync(join(tmpdir(), "old-block-"));
    const block = gunzipSync(readFileSync(corpusPath(`blocks/${height}.raw.gz`)));
    const head = Buffer.from("f9beb4d900000000", "hex");
    head.writeUInt32LE(block.length, 4);
    writeFileSync(join(folder, "blk00000.dat"), Buffer.concat([head, block]));
    const { stderr } = await runToEnd(["price", "--blocks", "1", "--blocks-dir", folder]);
    rmSync(folder, { recursive: true });
    expect(stderr).toMatch(notice);
  });

  it("lists its flags in the help", () => {
    const help = helpText("price");
    for (const flag of [
      "blocks",
      "hours",
      "date",
      "from",
      "to",
      "csv",
      "html",
      "quiet",
      "json",
      "engine",
      "blocks-dir",
    ])
      expect(help).toContain(`--${flag} `);
    expect(help).not.toContain("--zmq-rawtx URL");
  });
});

/** Expects the last day of a range with pruned first days, also in a second run. */
async function goesOnBehindDaysThatAreGone(chain: RegtestChain): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pruned-days-"));
  const last = new Date(Date.parse(`${chain.day}T00:00:00Z`) + 2 * 86_400_000).toISOString().slice(0, 10);
  try {
    for (const [name, from] of [
      ["node", chain.flags],
      ["files", ["--blocks-dir", chain.blocksDirectory]],
    ] as const) {
      const csv = join(folder, `${name}.csv`);
      const words = ["price", "--from", chain.day, "--to", last, "--csv", csv, ...from];
      const [runs = name === "node" ? 2 : 1] = inSoak(2);
      for (let run = 0; run < runs; run++) {
        const { exitCode, stderr } = await runToEnd(words);
        expect(exitCode).toBe(1);
        expect(stderr.trimEnd().split("\n")).toEqual([
          expect.stringContaining(`utxoracle-live: ${chain.day}: `),
          expect.stringMatching(/pruned|reach back to \d+/),
        ]);
        const rows = readFileSync(csv, "utf8").trimEnd().split("\n");
        expect(rows.slice(1).map((row) => row.slice(0, 10))).toEqual([last]);
      }
    }
    expect(readFileSync(join(folder, "files.csv"), "utf8")).toBe(readFileSync(join(folder, "node.csv"), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("a node", needs("bitcoind", "corpus"), () => {
  it("that is pruned gives prices of its blocks, and names the deleted ones", async () => {
    const chain = await RegtestChain.start({ oneOf: FOR_NO_PRICES, extraArguments: ["-prune=1", "-fastprune"] });
    try {
      // A node always keeps the last 288 blocks.
      for (let block = 0; block < 300; block++) await chain.mine(600);
      await chain.rpc("pruneblockchain", 300);
      const { pruneheight } = await chain.rpc<{ pruneheight: number }>("getblockchaininfo");
      expect(pruneheight).toBeGreaterThan(200);
      for (const way of ["rest", ...inSoak("rpc")]) {
        const asked = [...chain.flags, "--blocks-from", way];
        const last = JSON.parse((await runToEnd(["price", "--blocks", "288", "--json", ...asked])).stdout);
        expect(last).toMatchObject({ price: null, status: "no_estimate", window: { blocks: 288 } });
        await refused(
          ["--blocks", "500", ...asked],
          1,
          new RegExp(`has deleted block \\d+; its blocks reach back to ${pruneheight}:`),
        );
        await refused(["--date", chain.day, ...asked], 1, /pruned/);
      }
      await refused(
        ["--blocks", "500", "--blocks-dir", chain.blocksDirectory],
        1,
        /older ones were pruned or never there/,
      );
      await goesOnBehindDaysThatAreGone(chain);
    } finally {
      await chain.daemon.remove();
    }
  }, 300_000);

  it("is read over RPC if REST is off, and rejected on another chain than --chain", async () => {
    const chain = await RegtestChain.start({ oneOf: FOR_LONG_WINDOWS, rest: false });
    try {
      await refused(["--blocks", "3", "--blocks-from", "rest", ...chain.flags], 1, "add rest=1 to its bitcoin.conf");
      // Without REST it uses RPC silently.
      expect(await runToEnd(["price", "--blocks", "144", "--json", ...chain.flags])).toMatchObject({
        exitCode: 0,
        stderr: "",
      });
      await refused(["--blocks", "3", "--chain", "main", ...chain.flags], 1, "of chain regtest, but --chain is main");
      await refused(["--blocks", "302", ...chain.flags], 1, "the chain has only 301 blocks");
    } finally {
      await chain.daemon.remove();
    }
  });
});
