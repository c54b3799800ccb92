import { estimatePosterior, estimateReference } from "@utxoracle/estimator";
import { inSoak, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runToEnd } from "./e2e/service-process.ts";
import { amountsByJson, FOR_LONG_WINDOWS, type JsonBlock, RegtestChain } from "./price-regtest-chain.ts";

/** Output of `price --json`. */
interface Answer {
  price: number | null;
  low: number | null;
  high: number | null;
  status: string;
  engine: string;
  chain: string;
  height: number;
  window: { first_height: number; last_height: number; blocks: number };
  amounts: number;
}

describe("the price of a real node's blocks", needs("bitcoind", "corpus"), () => {
  let chain: RegtestChain;
  let blocks: JsonBlock[];

  beforeAll(async () => {
    chain = await RegtestChain.start({ oneOf: FOR_LONG_WINDOWS });
    blocks = await chain.jsonBlocks();
  });
  afterAll(() => chain?.daemon.remove());

  const price = async (...words: string[]): Promise<Answer> => {
    const { stdout, stderr, exitCode } = await runToEnd(["price", ...words, "--json"]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    return JSON.parse(stdout) as Answer;
  };
  const between = (from: number, to: number): JsonBlock[] => {
    const first = blocks.findIndex(({ time }) => time >= from);
    const end = blocks.findIndex(({ time }) => time >= to);
    return blocks.slice(first, end < 0 ? undefined : end);
  };

  /** One window over each of the ways to read blocks, or every window over all in a soak. */
  const overAllWays = async (words: readonly string[], way: "rpc" | "rest" | "files"): Promise<Answer> => {
    const ways = {
      rpc: ["--blocks-from", "rpc", ...chain.flags],
      rest: ["--blocks-from", "rest", "--rpc-url", chain.url],
      files: ["--blocks-dir", chain.blocksDirectory],
    };
    const answer = await price(...words, ...ways[way]);
    for (const other of inSoak("rpc", "rest", "files"))
      expect(await price(...words, ...ways[other]), other).toEqual(answer);
    return answer;
  };

  it("matches the node's JSON for the last 144 blocks", async () => {
    const answer = await overAllWays(["--blocks", "144"], "rest");
    const expected = amountsByJson(blocks.slice(-144));
    expect(answer).toMatchObject({
      price: estimateReference(expected).price,
      low: null,
      engine: "reference",
      chain: "regtest",
      height: 300,
      window: { first_height: 157, last_height: 300, blocks: 144 },
      amounts: expected.length,
    });
    expect(answer.price).not.toBeNull();
  });

  it("uses the first to the last block of a UTC day", async () => {
    const answer = await overAllWays(["--date", chain.day], "files");
    const start = Date.parse(`${chain.day}T00:00:00Z`) / 1000;
    const ofDay = between(start, start + 86_400);
    const expected = amountsByJson(ofDay);
    expect(answer).toMatchObject({
      price: estimateReference(expected).price,
      engine: "reference",
      window: { first_height: ofDay[0]?.height, last_height: ofDay.at(-1)?.height, blocks: ofDay.length },
      amounts: expected.length,
    });
  });

  it("uses the hours before the newest block, and the posterior engine", async () => {
    const newest = Math.max(...blocks.slice(-11).map(({ time }) => time));
    const lastHours = between(newest - 6 * 3600, Number.POSITIVE_INFINITY);
    const expected = estimatePosterior(amountsByJson(lastHours));
    expect(await overAllWays(["--hours", "6"], "rpc")).toMatchObject({
      price: expected.price,
      low: expected.interval?.low,
      high: expected.interval?.high,
      // Never `ok` on regtest.
      status: "low_confidence",
      engine: "posterior",
      window: { first_height: lastHours[0]?.height, blocks: lastHours.length },
    });
    expect(await price("--hours", "6", "--engine", "reference", ...chain.flags)).toMatchObject({
      price: estimateReference(amountsByJson(lastHours)).price,
      engine: "reference",
    });
  });
});
