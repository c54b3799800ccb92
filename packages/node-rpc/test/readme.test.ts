import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { needs, RegtestNode } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";

const packageDirectory = join(import.meta.dirname, "..");
const readme = readFileSync(join(packageDirectory, "README.md"), "utf8");
const example = join("examples", "recent-mempool.ts");

async function run(...parameters: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const args = ["--conditions=@utxoracle/source", "--import", "tsx", example, ...parameters];
  const child = spawn(process.execPath, args, { cwd: packageDirectory, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [[code], out, err] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

describe("the README", () => {
  it("contains the example", () => {
    expect(readme).toContain(`\`\`\`ts\n${readFileSync(join(packageDirectory, example), "utf8")}\`\`\``);
  });
});

describe("the example", () => {
  it("fetches the mempool of a real node", needs("bitcoind"), async () => {
    const node = await RegtestNode.start();
    onTestFinished(() => node.remove());
    const payments = await node.preparePayments([
      [10_000, 20_000],
      [30_000, 40_000],
    ]);
    await node.send(payments);
    const bytes = payments.reduce((sum, { hex }) => sum + hex.length / 2, 0);
    expect(await run(node.rpcUrl, node.cookiePath)).toEqual({
      code: 0,
      out: `regtest, block 102: 2 recent transactions, ${bytes} bytes\n`,
      err: "",
    });
  });

  it("prints an error in one line", async () => {
    const { code, out, err } = await run("http://127.0.0.1:1", "/no/such/.cookie");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^cookie_missing: getblockchaininfo: no cookie file at \/no\/such\/\.cookie: .*\n$/);
  });
});
