import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlockPointsResponse, ConfirmedPicture, ConfirmedResponse, ConfirmedUpdateData } from "@utxoracle/models";
import { needs, spendCoins } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BlockPrice } from "../src/confirmed/price-record.ts";
import { toCents } from "../src/state/digits.ts";
import { eventually, runToEnd, ServiceProcess } from "./e2e/service-process.ts";
import { WebSocketClient } from "./e2e/websocket-client.ts";
import { killMoments } from "./kill-moments.ts";
import { RegtestChain } from "./price-regtest-chain.ts";
import { savedBlockPrices } from "./saved-prices.ts";

/** Timeout, reached only by a failing test. */
const DEADLINE_MS = 90_000;

const LOCK_NAME = "utxoracle-live.lock";
const WINDOW_NAME = "live-window.bin";
const STORE_NAME = "saved-prices-regtest";

/** Moments at which the service is killed: 50 in `pnpm soak`, else one. */
const KILLS = Number(process.env["UTXORACLE_SOAK_KILLS"] ?? 1);

describe("the confirmed side of the service on a real node", needs("bitcoind", "corpus"), () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "confirmed-data-"));
  let chain: RegtestChain;
  /** The service of these tests, which runs until one of them stops it. */
  let running: ServiceProcess | null = null;

  beforeAll(async () => {
    chain = await RegtestChain.start();
  });
  afterAll(async () => {
    await running?.stop("SIGKILL");
    await chain?.daemon.remove();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  const start = (...words: string[]): Promise<ServiceProcess> =>
    ServiceProcess.listening([
      "--zmq-rawtx",
      chain.daemon.endpoints.rawtx as string,
      "--zmq-rawblock",
      chain.daemon.endpoints.rawblock as string,
      "--zmq-sequence",
      chain.daemon.endpoints.sequence as string,
      ...chain.flags,
      ...words,
    ]);
  const theService = async (): Promise<ServiceProcess> => (running ??= await start("--data-dir", dataDirectory));
  const stopped = async (): Promise<void> => {
    const service = running;
    running = null;
    expect(await service?.stop()).toMatchObject({ exitCode: 0 });
  };
  const confirmed = async (service: ServiceProcess): Promise<ConfirmedResponse> =>
    JSON.parse((await service.get("/api/v1/confirmed")).text) as ConfirmedResponse;
  /** Read from the files: the HTTP history is empty, since no price of a test chain is `ok`. */
  const keptPrices = (directory: string): Promise<readonly BlockPrice[]> => savedBlockPrices(directory, "regtest");
  /** Waits until the service has all prices of the chain and has saved them. */
  const complete = async (service: ServiceProcess): Promise<readonly BlockPrice[]> => {
    const tip = await chain.rpc<number>("getblockcount");
    await eventually(
      "all windows",
      () => confirmed(service),
      // Blocks come one by one, the oldest first, and the longer windows do not wait for them.
      ({ height, last_144_blocks, last_day }) =>
        height === tip && last_144_blocks?.last_height === tip && last_day !== null,
      DEADLINE_MS,
    );
    const { answer } = await eventually(
      "the history",
      () => keptPrices(dataDirectory),
      (prices) => prices.length > 100 && prices.some(({ height }) => height === tip),
      DEADLINE_MS,
    );
    return answer;
  };
  /** What the command says, its price to the cent as the service tells it. */
  const price = async (...words: string[]): Promise<{ price: number; height: number; status: string }> => {
    const answer = JSON.parse((await runToEnd(["price", ...words, "--json", ...chain.flags])).stdout);
    return { ...answer, price: toCents(answer.price) };
  };

  it(
    "loses no saved price when killed at any moment",
    async () => {
      const kept = new Set<string>();
      const moment = killMoments();
      for (let kill = 0; kill < KILLS; kill++) {
        const service = await start("--data-dir", dataDirectory);
        // From the first read of the chain to its last price, wherever this falls.
        const timer = setTimeout(() => service.child.kill("SIGKILL"), 2500 * moment());
        await chain.mine(60);
        await service.ended;
        clearTimeout(timer);
        const now = new Set((await keptPrices(dataDirectory)).map((record) => JSON.stringify(record)));
        for (const record of kept) expect(now).toContain(record);
        for (const record of now) kept.add(record);
      }
      const whole = (await complete(await theService())).map((record) => JSON.stringify(record));
      expect(whole).toEqual(expect.arrayContaining([...kept]));
    },
    240_000 + 60_000 * KILLS,
  );

  it("equals the price command, after every block and reorganization", async () => {
    const service = await theService();
    await complete(service);
    const first = await confirmed(service);
    // The chain ends days ago.
    expect(first.status).toBe("stale");
    expect(first.price).not.toBeNull();
    expect(first.last_day).toMatchObject({ date: chain.day, price: (await price("--date", chain.day)).price });

    await chain.mine(60);
    await complete(service);
    await chain.rpc("invalidateblock", await chain.rpc<string>("getblockhash", (first.height as number) - 1));
    for (let block = 0; block < 4; block++) await chain.mine(30);
    await complete(service);
    const replaced = await confirmed(service);
    expect(replaced.height).toBe((first.height as number) + 2);
    expect(replaced.price).toBe((await price("--hours", "3")).price);
    expect(replaced.last_144_blocks?.price).toBe((await price("--blocks", "144")).price);
  });

  it("streams the points of each new block, and all after a reorganization", async () => {
    const service = await theService();
    const client = await WebSocketClient.open(service.url);
    try {
      const next = async (height: number, seen: number) =>
        (
          await eventually(
            `block ${height}`,
            () => client.confirmed.slice(seen).at(-1),
            (update) => update?.height === height && update.price !== null,
            DEADLINE_MS,
          )
        ).answer as ConfirmedUpdateData;
      const tip = await chain.rpc<number>("getblockcount");
      const first = await next(tip, 0);
      const txidsFrom = async (height: number): Promise<Set<string>> =>
        new Set((await chain.jsonBlocks(height)).flatMap(({ tx }) => tx.map(({ txid }) => txid)));
      const { first_height } = first.window;
      const inWindow = await txidsFrom(first_height as number);
      const picture = JSON.parse((await service.get(`/${first.picture}`)).text) as ConfirmedPicture;
      expect(picture.blocks.map(({ height, hash, time }) => ({ height, hash, time }))).toEqual(first.blocks);
      expect(picture.blocks.map(({ hash }) => hash)).toEqual(
        await Promise.all(picture.blocks.map(({ height }) => chain.rpc<string>("getblockhash", height))),
      );
      expect(picture.price_steps.length).toBeGreaterThan(50);
      const shown: string[] = [];
      for (const { hash, of } of picture.blocks) {
        const { text } = await service.get(`/api/v1/blocks/${hash}/points?tip=${picture.tip}`);
        const { txid } = JSON.parse(text) as BlockPointsResponse;
        expect(txid).toHaveLength(of);
        shown.push(...txid);
      }
      expect(shown.filter((txid) => !inWindow.has(txid))).toEqual([]);

      const price = first.price as number;
      const coins = await chain.unspentCoins(first_height as number, 5);
      const payments = coins.map((coin) => spendCoins([coin], [Math.round(2e9 / price), 1000]));
      let seen = client.confirmed.length;
      const hash = await chain.mine(60, payments);
      const added = await next(tip + 1, seen);
      expect(added.snapshot).toBe(false);
      expect(added.transactions.map(({ txid }) => txid).sort()).toEqual(payments.map(({ txid }) => txid).sort());

      seen = client.confirmed.length;
      await chain.rpc("invalidateblock", hash);
      const latest = await next(tip, seen);
      const { price: same, interval, blocks, picture: path } = first;
      expect(latest).toMatchObject({ snapshot: true, price: same, interval, blocks, picture: path, transactions: [] });
    } finally {
      await client.close();
    }
  });

  it("has its history again after a kill, and removes prices of blocks replaced meanwhile", async () => {
    const killed = await theService();
    await complete(killed);
    await killed.stop("SIGKILL");
    running = null;
    const names = readdirSync(dataDirectory).filter((name) => name !== WINDOW_NAME);
    expect(names.sort()).toEqual([STORE_NAME, LOCK_NAME]);
    const before = await keptPrices(dataDirectory);
    const height = (await chain.rpc<number>("getblockcount")) - 15;
    const left = await chain.rpc<string>("getblockhash", height);
    await chain.rpc("invalidateblock", left);
    try {
      // Until there is another block in their place, they may come back.
      const service = await theService();
      const loaded = await service.logLine(({ msg }) => msg?.includes("loaded saved prices") === true);
      expect(loaded["records"]).toBeGreaterThanOrEqual(before.length);
      await eventually(
        "the shorter chain",
        () => confirmed(service),
        (windows) => windows.height === height - 1 && windows.last_144_blocks?.last_height === height - 1,
        DEADLINE_MS,
      );
      expect(await keptPrices(dataDirectory)).toEqual(before);
      await stopped();
      const replacement = await chain.mine(60);
      const after = await complete(await theService());
      expect(after.at(-1)).toMatchObject({ height, hash: replacement });
      expect(after.slice(0, -1)).toEqual(before.filter((record) => record.height < height));
    } finally {
      await chain.rpc("reconsiderblock", left);
    }
  });

  it("uses no data of a node on another chain than --chain", async () => {
    const directory = mkdtempSync(join(tmpdir(), "confirmed-chain-"));
    const service = await start("--chain", "main", "--data-dir", directory);
    try {
      await service.logLine(({ code, msg }) => code === "wrong_chain" && msg?.includes("but --chain is main") === true);
      expect(await confirmed(service)).toMatchObject({ price: null, last_144_blocks: null, last_day: null });
      expect(readdirSync(directory)).toEqual([LOCK_NAME]);
    } finally {
      await service.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
