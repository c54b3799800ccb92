import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { corpusPath, needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { drawIdea } from "../examples/draw-idea.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

const packageDirectory = join(import.meta.dirname, "..");

function run(example: string, input: string | Buffer): string {
  const args = ["--conditions=@utxoracle/source", "--import", "tsx", join("examples", example)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: packageDirectory,
    input,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

describe("the examples", () => {
  it("print the price of a list of amounts", () => {
    const output = run("price-of-amounts.ts", Array.from(simulatedAmountsBtc(67_000, 12_000, 1)).join("\n"));
    const [, price, low, high] = /^\$(\d+), 90 %: \$(\d+) to \$(\d+), ok\n$/.exec(output) ?? [];
    expect(Number(price) / 67_000).toBeCloseTo(1, 2);
    expect(Number(low)).toBeLessThanOrEqual(67_000);
    expect(Number(high)).toBeGreaterThanOrEqual(67_000);
  });

  it("print the price of a real mempool", needs("corpus"), () => {
    const output = run("live-price.ts", gunzipSync(readFileSync(corpusPath("mempool/2024-03-14.rawtx.hex.gz"))));
    const price = Number(/price: ([\d.]+)/.exec(output)?.[1]);
    expect(price).toBeGreaterThan(72_500);
    expect(price).toBeLessThan(73_800);
    expect(output).toContain("totalReceived: 8131");
  });
});

describe("the README", () => {
  it("shows the picture that the example draws", () => {
    expect(readFileSync(join(packageDirectory, "docs/idea.svg"), "utf8")).toBe(drawIdea());
  });

  it.each(["price-of-amounts.ts", "live-price.ts"])("shows the example %s as it is run", (example) => {
    const code = readFileSync(join(packageDirectory, "examples", example), "utf8");
    expect(readFileSync(join(packageDirectory, "README.md"), "utf8")).toContain(`\`\`\`ts\n${code}\`\`\``);
  });
});
