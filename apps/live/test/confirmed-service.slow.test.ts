import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlockPointsResponse, ConfirmedPicture, ConfirmedResponse, ConfirmedUpdateData } from "@utxoracle/models";
import { needs, spendCoins } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BlockPrice } from "../src/confirmed/price-record.ts";
import { toCents } from "../src/state/digits.ts";
import { limitFiles } from "./e2e/full-disk.ts";
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

  beforeAll(async () => {
    chain = await RegtestChain.start();
  });
  afterAll(async () => {
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
  const confirmed = async (service: ServiceProcess): Promise<ConfirmedResponse> =>
    JSON.parse((await service.get("/api/v1/confirmed")).text) as ConfirmedResponse;
  /** Read from the files: the HTTP history is empty, since no price of a test chain is `ok`. */
  const keptPrices = (directory: string): Promise<readonly BlockPrice[]> => savedBlockPrices(directory, "regtest");
  const wholeHistory = (directory: string) =>
    eventually(
      "the history",
      () => keptPrices(directory),
      (prices) => prices.length > 100,
      DEADLINE_MS,
    );
  /** What the command says, its price to the cent as the service tells it. */
  const price = async (...words: string[]): Promise<{ price: number; height: number; status: string }> => {
    const answer = JSON.parse((await runToEnd(["price", ...words, "--json", ...chain.flags])).stdout);
    return { ...answer, price: toCents(answer.price) };
  };

  it("equals the price command, after every block and reorganization", async () => {
    const service = await start("--data-dir", dataDirectory);
    try {
      const { answer } = await eventually(
        "all windows",
        () => confirmed(service),
        // Blocks come one by one, the oldest first, and the longer windows do not wait for them.
        ({ price, height, last_144_blocks, last_day }) =>
          price !== null && height === 300 && last_144_blocks !== null && last_day !== null,
        DEADLINE_MS,
      );
      const hours = await price("--hours", "3");
      // The chain ends days ago.
      expect(answer).toMatchObject({ price: hours.price, status: "stale", height: 300 });
      expect(answer.last_144_blocks?.price).toBe((await price("--blocks", "144")).price);
      expect(answer.last_day).toMatchObject({ date: chain.day, price: (await price("--date", chain.day)).price });

      await chain.mine(600);
      const next = await eventually(
        "the next block",
        () => confirmed(service),
        ({ height, last_144_blocks }) => height === 301 && last_144_blocks?.last_height === 301,
        DEADLINE_MS,
      );
      expect(next.answer.price).toBe((await price("--hours", "3")).price);

      await chain.rpc("invalidateblock", await chain.rpc<string>("getblockhash", 299));
      for (let block = 0; block < 4; block++) await chain.mine(300);
      const replaced = await eventually(
        "the new branch",
        () => confirmed(service),
        ({ height, last_144_blocks }) => height === 302 && last_144_blocks?.last_height === 302,
        DEADLINE_MS,
      );
      expect(replaced.answer.price).toBe((await price("--hours", "3")).price);
      expect(replaced.answer.last_144_blocks?.price).toBe((await price("--blocks", "144")).price);
    } finally {
      expect(await service.stop()).toMatchObject({ exitCode: 0 });
    }
  });

  it("streams the points of each new block, and all after a reorganization", async () => {
    const service = await start();
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
      const hash = await chain.mine(600, payments);
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
      await service.stop();
    }
  });

  it("has its history again after a kill", async () => {
    const before = await start("--data-dir", dataDirectory);
    await eventually(
      "all windows and the history",
      async () => ({ held: await keptPrices(dataDirectory), windows: await confirmed(before) }),
      ({ held, windows }) => held.length > 100 && windows.last_144_blocks?.last_height === windows.height,
      DEADLINE_MS,
    );
    before.child.kill("SIGKILL");
    await before.ended;
    expect(readdirSync(dataDirectory).sort()).toEqual([WINDOW_NAME, STORE_NAME, LOCK_NAME]);
    const held = await keptPrices(dataDirectory);

    const after = await start("--data-dir", dataDirectory);
    try {
      const loaded = await after.logLine(({ msg }) => msg?.includes("loaded saved prices") === true);
      expect(loaded["records"]).toBeGreaterThanOrEqual(held.length);
      const isHeld = new Map((await keptPrices(dataDirectory)).map((record) => [record.height, record]));
      expect(held.map(({ height }) => isHeld.get(height))).toEqual(held);
    } finally {
      await after.stop();
    }
  });

  it("removes prices of blocks that were replaced while it was stopped", async () => {
    const ask = async (newestHeight: number | null = null): Promise<readonly BlockPrice[]> => {
      const service = await start("--data-dir", dataDirectory);
      const { answer } = await eventually(
        "all windows",
        async () => ({ held: await keptPrices(dataDirectory), windows: await confirmed(service) }),
        ({ held, windows }) =>
          held.length > 100 &&
          (newestHeight === null || held.at(-1)?.height === newestHeight) &&
          windows.last_144_blocks?.last_height === windows.height,
        DEADLINE_MS,
      );
      await service.stop();
      return answer.held;
    };
    const before = await ask();
    const left = await chain.rpc<string>("getblockhash", 285);
    await chain.rpc("invalidateblock", left);
    try {
      // Until there is another block in their place, they may come back.
      expect(await ask()).toEqual(before);
      const replacement = await chain.mine(600);
      const after = await ask(285);
      expect(after.at(-1)).toMatchObject({ height: 285, hash: replacement });
      expect(after.slice(0, -1)).toEqual(before.filter(({ height }) => height < 285));
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

  it(
    "loses no saved price when killed at any moment",
    async () => {
      const directory = mkdtempSync(join(tmpdir(), "confirmed-kills-"));
      const kept = new Set<string>();
      const moment = killMoments();
      try {
        for (let kill = 0; kill < KILLS; kill++) {
          const service = await start("--data-dir", directory);
          // From the first read of the chain to its last price, wherever this falls.
          const timer = setTimeout(() => service.child.kill("SIGKILL"), 2500 * moment());
          await chain.mine(600);
          await service.ended;
          clearTimeout(timer);
          const now = new Set((await keptPrices(directory)).map((record) => JSON.stringify(record)));
          for (const record of kept) expect(now).toContain(record);
          for (const record of now) kept.add(record);
        }
        const service = await start("--data-dir", directory);
        await wholeHistory(directory);
        await service.stop();
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
    60_000 * KILLS,
  );

  it("continues while the disk is full, reports it, and saves prices later", needs("prlimit"), async () => {
    const directory = mkdtempSync(join(tmpdir(), "confirmed-full-"));
    const service = await start("--data-dir", directory);
    const upToDate = () =>
      eventually(
        "the newest block in all outputs",
        async () => ({ now: await confirmed(service), tip: await chain.rpc<number>("getblockcount") }),
        ({ now, tip }) => now.height === tip && now.last_144_blocks?.last_height === tip && now.last_day !== null,
        DEADLINE_MS,
      );
    const keptHeights = async (): Promise<number[]> => (await keptPrices(directory)).map(({ height }) => height);
    try {
      await upToDate();
      await wholeHistory(directory);
      limitFiles(service, 10);
      await chain.mine(600);
      const refused = await service.logLine(({ msg }) => msg?.includes("prices not saved; retrying") === true);
      expect(refused.level).toBe("error");
      const before = await keptHeights();
      await chain.mine(600);
      const { answer } = await upToDate();
      expect(answer.now.price).toBe((await price("--hours", "3")).price);
      expect(await keptHeights()).toEqual(before);

      limitFiles(service, null);
      await chain.mine(600);
      const tip = await chain.rpc<number>("getblockcount");
      await eventually("the kept prices", keptHeights, (heights) => heights.includes(tip), DEADLINE_MS);
      expect(await keptHeights()).toEqual(expect.arrayContaining([tip - 2, tip - 1, tip]));
    } finally {
      await service.stop();
    }
    rmSync(directory, { recursive: true, force: true });
  });

  it("rejects an unusable folder with one line", async () => {
    const file = join(dataDirectory, "no-folder");
    appendFileSync(file, "");
    const { exitCode, stderr } = await runToEnd(["--data-dir", file, "--port", "0"]);
    expect(exitCode).toBe(2);
    expect(stderr.trim().split("\n").at(-1)).toContain(`utxoracle-live: --data-dir: ${file} cannot be used`);
  });
});
