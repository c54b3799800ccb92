import type { ConfirmedResponse } from "@utxoracle/models";
import { needs, RegtestDaemon } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toCents } from "../src/state/digits.ts";
import { eventually, runToEnd, ServiceProcess } from "./e2e/service-process.ts";
import { RegtestChain, rpc } from "./price-regtest-chain.ts";

/** Timeout, reached only by a failing test. */
const DEADLINE_MS = 60_000;

/** Number of blocks that the syncing node has. */
const BLOCKS_SO_FAR = 200;

describe("a syncing node, with all headers but not all blocks", needs("bitcoind", "corpus"), () => {
  let chain: RegtestChain;
  let syncing: RegtestDaemon;
  const hashes: string[] = [];

  beforeAll(async () => {
    chain = await RegtestChain.start();
    syncing = await RegtestDaemon.start();
    const tip = await chain.rpc<number>("getblockcount");
    for (let height = 1; height <= tip; height++) hashes.push(await chain.rpc<string>("getblockhash", height));
    for (const hash of hashes) await rpc(syncing, "submitheader", await chain.rpc("getblockheader", hash, false));
    await getBlocks(0, BLOCKS_SO_FAR);
  });
  afterAll(async () => {
    await chain?.daemon.remove();
    await syncing?.remove();
  });

  async function getBlocks(from: number, to: number): Promise<void> {
    for (const hash of hashes.slice(from, to)) await rpc(syncing, "submitblock", await chain.rpc("getblock", hash, 0));
  }

  const flags = (): string[] => [
    "--rpc-url",
    `http://127.0.0.1:${syncing.rpcPort}`,
    "--rpc-cookie",
    syncing.cookiePath,
  ];

  it("gives prices of its blocks with a notice, and none of an incomplete day", async () => {
    const lack = `the node is syncing: ${hashes.length - BLOCKS_SO_FAR} blocks missing, last block ${BLOCKS_SO_FAR}`;
    const hours = await runToEnd(["price", "--hours", "3", "--json", ...flags()]);
    expect(hours).toMatchObject({ exitCode: 0, stderr: `utxoracle-live: ${lack}\n` });
    expect(JSON.parse(hours.stdout)).toMatchObject({ height: BLOCKS_SO_FAR });
    expect(await runToEnd(["price", "--date", chain.day, ...flags()])).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringContaining(`before the end of ${chain.day}: the node is still syncing`),
    });
  });

  it("is waited for, with a reason, until it has the blocks", async () => {
    const { rawtx, rawblock, sequence } = syncing.endpoints;
    const zmq = { rawtx, rawblock, sequence };
    const service = await ServiceProcess.listening([
      ...Object.entries(zmq).flatMap(([topic, endpoint]) => [`--zmq-${topic}`, endpoint as string]),
      ...flags(),
    ]);
    const confirmed = async (): Promise<ConfirmedResponse> =>
      JSON.parse((await service.get("/api/v1/confirmed")).text) as ConfirmedResponse;
    try {
      const { answer } = await eventually(
        "the reason",
        () => service.ready(),
        ({ answer: { reasons } }) => reasons.some(({ code }) => code === "node_syncing"),
        DEADLINE_MS,
      );
      expect(answer.status).toBe(503);
      expect(await confirmed()).toMatchObject({ price: null, last_144_blocks: null, last_day: null });

      const { stdout } = await runToEnd(["price", "--hours", "3", "--json", ...chain.flags]);
      await getBlocks(BLOCKS_SO_FAR, hashes.length);
      // The last block may arrive over ZMQ before the ones below it are requested.
      const price = toCents((JSON.parse(stdout) as { price: number }).price);
      await eventually(
        `the price of the blocks, ${price}`,
        confirmed,
        (answer) =>
          answer.height === hashes.length &&
          answer.last_144_blocks?.last_height === hashes.length &&
          answer.price === price,
        DEADLINE_MS,
      );
      expect((await service.ready()).answer.reasons.map(({ code }) => code)).not.toContain("node_syncing");
    } finally {
      await service.stop();
    }
  });
});
