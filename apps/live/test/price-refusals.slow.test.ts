import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { corpusPath, inSoak, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { helpText } from "../src/commands/cli/help.ts";
import { programPath, runToEnd } from "./e2e/service-process.ts";
import { runPriceHere } from "./price-here.ts";
import { FOR_NO_PRICES, RegtestChain } from "./price-regtest-chain.ts";

/** Expects one line on stderr that matches `culprit`, and an empty stdout. */
async function refused(
  words: readonly string[],
  exitCode: number,
  culprit: string | RegExp,
  run = runPriceHere,
): Promise<void> {
  const end = await run(words);
  expect(end).toMatchObject({ exitCode, stdout: "" });
  expect(end.stderr).toMatch(/^utxoracle-live: [^\n]+\n$/);
  expect(end.stderr).toMatch(culprit);
}

describe("price", () => {
  it("rejects wrong arguments with one line", async () => {
    const run = (words: readonly string[]) => runToEnd(["price", ...words]) as ReturnType<typeof runPriceHere>;
    await refused(["--blocks", "3", "extra"], 2, "price: unexpected argument", run);
    await refused(["--blocks", "3", "--html", "/nowhere/x.html"], 2, "--html: /nowhere/x.html cannot be written");
    await refused(["--blocks", "3", "--rpc-url", "none"], 2, "--blocks-dir");
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
    await refused(["--blocks", "3", "--rpc-url", url, ...password], 3, url.slice(7));
    await refused(["--date", "2024-01-06", "--rpc-url", url, "--blocks-from", "rest"], 3, /cannot be reached/);
    await refused(["--from", "2024-01-06", "--to", "2024-01-07", "--rpc-url", url, ...password], 3, url.slice(7));
    await refused(["--blocks", "3", "--rpc-url", url, "--rpc-cookie", "/nowhere/.cookie"], 3, "/nowhere/.cookie");
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
      const [runs = 1] = inSoak(2);
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

describe.each([{ rest: false }, ...inSoak({ rest: true })])(
  "a pruned node with the REST interface $rest",
  needs("bitcoind", "corpus"),
  ({ rest }) => {
    let chain: RegtestChain;
    beforeAll(async () => {
      chain = await RegtestChain.start({ oneOf: FOR_NO_PRICES, rest, extraArguments: ["-prune=1", "-fastprune"] });
      // A node always keeps the last 288 blocks.
      for (let block = 0; block < 300; block++) await chain.mine(600);
      await chain.rpc("pruneblockchain", 300);
    });
    afterAll(() => chain?.daemon.remove());

    it("is read over RPC without notice if REST is off, and refused with `--blocks-from rest`", async () => {
      const { stdout, stderr } = await runToEnd(["price", "--blocks", "288", "--json", ...chain.flags]);
      expect(JSON.parse(stdout)).toMatchObject({ price: null, status: "no_estimate", window: { blocks: 288 } });
      expect(stderr).toBe("utxoracle-live: no price: not enough evidence in these blocks\n");
      if (rest) return;
      await refused(["--blocks", "3", "--blocks-from", "rest", ...chain.flags], 1, "add rest=1 to its bitcoin.conf");
    });

    it("names the deleted blocks, and gives the prices of the others", async () => {
      const { pruneheight } = await chain.rpc<{ pruneheight: number }>("getblockchaininfo");
      expect(pruneheight).toBeGreaterThan(200);
      await refused(
        ["--blocks", "500", ...chain.flags],
        1,
        new RegExp(`has deleted block \\d+; its blocks reach back to ${pruneheight}:`),
      );
      await refused(["--date", chain.day, ...chain.flags], 1, /pruned/);
      await refused(
        ["--blocks", "500", "--blocks-dir", chain.blocksDirectory],
        1,
        /older ones were pruned or never there/,
      );
      await goesOnBehindDaysThatAreGone(chain);
    });

    it("is rejected on another chain than --chain, and for more blocks than it has", async () => {
      await refused(["--blocks", "3", "--chain", "main", ...chain.flags], 1, "of chain regtest, but --chain is main");
      await refused(["--blocks", "602", ...chain.flags], 1, "the chain has only 601 blocks");
    });
  },
);
