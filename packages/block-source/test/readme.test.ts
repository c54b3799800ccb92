import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { needs, RegtestNode } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { blockSourceErrorCodes } from "../src/error.ts";

const packageDirectory = join(import.meta.dirname, "..");
const readme = readFileSync(join(packageDirectory, "README.md"), "utf8");
const example = join("examples", "last-blocks.ts");

async function run(...parameters: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const args = ["--conditions=@utxoracle/source", "--import", "tsx", example, ...parameters];
  const child = spawn(process.execPath, args, { cwd: packageDirectory, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [[code], out, err] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

describe("the README", () => {
  it("shows the example that runs", () => {
    expect(readme).toContain(`\`\`\`ts\n${readFileSync(join(packageDirectory, example), "utf8")}\`\`\``);
  });

  it("lists exactly the codes of BlockSourceError", () => {
    const [section = ""] = readme.slice(readme.indexOf("## Errors")).split(/\n## /);
    expect([...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code)).toEqual([...blockSourceErrorCodes]);
  });
});

describe("the example", () => {
  it("reads the same blocks over RPC and from the files of a real node", needs("bitcoind"), async () => {
    const node = await RegtestNode.start();
    onTestFinished(() => node.remove());
    const payments = await node.preparePayments([
      [10_000, 20_000],
      [30_000, 40_000],
    ]);
    await node.send(payments);
    await node.mine(1);
    const line = (height: number, count: number): string => `regtest, block ${height}: ${count} transaction(s)\n`;
    const expected = { code: 0, out: line(101, 1) + line(102, 2) + line(103, 3), err: "" };
    expect(await run(node.rpcUrl, node.cookiePath)).toEqual(expected);
    expect(await run(join(dirname(node.cookiePath), "blocks"))).toEqual(expected);
  });

  it("states the problem in one line", async () => {
    const { code, out, err } = await run("/no/such/folder");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^no_block_files: \/no\/such\/folder cannot be read \(.*\)\n$/);
  });
});
