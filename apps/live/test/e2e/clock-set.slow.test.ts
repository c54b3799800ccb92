import { startSimulator } from "@utxoracle/simulator";
import { afterEach, describe, expect, it } from "vitest";
import { eventually, ServiceProcess } from "./service-process.ts";
import { WebSocketClient } from "./websocket-client.ts";

const running: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

const DAY = 86_400;
/**
 * Sets the wall clock a day ahead on SIGUSR2, and back on the next one. The monotonic clock is
 * unchanged.
 */
const SETTABLE_CLOCK = `const right = Date.now; let ahead = 0; Date.now = () => right() + ahead;
process.on("SIGUSR2", () => { ahead = ahead === 0 ? ${DAY * 1000} : 0; });`;

describe("the service, with a wall clock set a day ahead", () => {
  it("reports a stale price, and restores window and price when the clock is set back", async () => {
    const simulator = await startSimulator({
      seed: 5,
      rpcPassword: "s3cret",
      // A whole window: fewer minutes may not be enough for `ok`.
      transactionsPerSecond: 2,
      historySeconds: 10_800,
    });
    running.push({ close: () => simulator.stop() });
    const { rawtx = "", rawblock = "", sequence = "" } = simulator.endpoints;
    const service = await ServiceProcess.listening(
      [
        ...["--zmq-rawtx", rawtx, "--zmq-rawblock", rawblock, "--zmq-sequence", sequence],
        ...["--rpc-url", simulator.rpcUrl, "--rpc-user", simulator.rpcUser],
      ],
      {
        UTXORACLE_RPC_PASSWORD: "s3cret",
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SETTABLE_CLOCK)}`,
      },
    );
    running.push({ close: () => service.stop("SIGKILL") });
    const filled = (what: string, least: number) =>
      eventually(
        what,
        async () => ({ ready: (await service.ready()).status, price: await service.price() }),
        ({ ready, price }) => ready === 200 && price.status === "ok" && price.active_in_window >= least,
      );
    const stream = await WebSocketClient.open(service.url);
    running.push({ close: () => stream.close() });
    await eventually(
      "the end of the first reading",
      () => stream.updates.at(-1)?.node.resyncing,
      (resyncing) => resyncing === false,
      60_000,
    );
    const { answer: before } = await filled("the start", 5_000);
    const seen = stream.updates.length;

    service.child.kill("SIGUSR2");
    const ahead = await service.logLine(({ code }) => code === "clock_set");
    expect(ahead).toMatchObject({ level: "warn", seconds: DAY });
    const { answer: stale } = await eventually(
      "the word that it is stale",
      () => service.price(),
      ({ status }) => status === "stale",
    );
    expect(stale.price).toBeGreaterThan(0);
    // The machine may have been suspended for a day, so the price must not look younger than that.
    expect(stale.age_seconds).toBeGreaterThanOrEqual(DAY);
    expect((await service.ready()).status).toBe(503);

    service.child.kill("SIGUSR2");
    const right = await service.logLine(({ seconds }) => seconds === -DAY);
    expect(right.msg).toMatch(/set back by 86400 s.*fetched again from the node/);
    const { answer: after } = await filled("the end", 0.99 * before.price.active_in_window);
    expect(Math.abs(Number(after.price.price) / Number(before.price.price) - 1)).toBeLessThan(0.02);
    expect(after.price.age_seconds).toBeLessThan(5);
    await eventually(
      "the same in the stream",
      () => stream.updates.at(-1)?.timestamp ?? 0,
      (timestamp) => timestamp >= after.price.timestamp,
    );
    // A connected client received a snapshot each time, at most one more when the window was
    // loaded, and never `ok` while it was loading.
    const since = stream.updates.slice(seen);
    const snapshots = since.filter(({ snapshot }) => snapshot).length;
    expect(snapshots).toBeGreaterThanOrEqual(2);
    expect(snapshots).toBeLessThanOrEqual(4);
    expect(since.filter(({ status, loading }) => status === "ok" && loading !== null)).toHaveLength(0);
  });
});
