import { parseBlockHeader, serializeBlock } from "@utxoracle/tx-parser";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { BlockPath } from "../src/confirmed/block-path.ts";
import { ConfirmedSide } from "../src/confirmed/confirmed-side.ts";
import { EstimateThreadError, type PathRequest } from "../src/confirmed/estimate-thread.ts";

const TIME = 1_700_000_000;
const POINT = { price: 60_000.123, low: 59_000, high: 61_000, status: "ok" } as const;

/** A side with `count` blocks ten minutes apart, and what the thread was asked. */
function setUp(count: number) {
  const side = new ConfirmedSide({
    windowSeconds: 10_800,
    engine: "posterior",
    estimate: () => ({ price: 60_000, interval: null, confidence: 0.99, status: "ok", windowPrice: 60_000 }),
    now: () => TIME + 600 * count,
  });
  const hashes: string[] = [];
  const connect = (): void => {
    const nonce = hashes.length + 1;
    const raw = serializeBlock({
      header: {
        version: 1,
        previousBlockHash: hashes.at(-1) ?? "11".repeat(32),
        merkleRoot: "00".repeat(32),
        time: TIME + 600 * nonce,
        bits: 1,
        nonce,
      },
      transactions: [
        {
          version: 2,
          inputs: [
            { txid: "00".repeat(32), vout: 0xffffffff, scriptSig: Uint8Array.of(0x51, 0), sequence: 0, witness: [] },
          ],
          outputs: [{ valueSats: 50, script: Uint8Array.of(0x51) }],
          lockTime: nonce,
        },
      ],
    });
    side.connect(raw, 100 + nonce);
    hashes.push(parseBlockHeader(raw).hash);
  };
  for (let i = 0; i < count; i++) connect();
  const asked: PathRequest[] = [];
  const time = { ms: 0 };
  let isBroken = false;
  const logged: string[] = [];
  const path = new BlockPath({
    confirmed: side,
    pathPrices: (request) => {
      asked.push(request);
      time.ms += 200;
      if (isBroken) return Promise.reject(new EstimateThreadError("no thread"));
      return Promise.resolve(request.moments.map((moment) => ({ ...POINT, time: moment })));
    },
    clock: () => time.ms,
    log: pino({ base: null }, { write: (line: string) => logged.push(JSON.parse(line).problem) }),
  });
  return { side, path, asked, time, connect, logged, setBroken: (broken: boolean) => (isBroken = broken) };
}

describe("the path of the confirmed blocks", () => {
  it("is published after the block without points, with a price for each block", async () => {
    const { side, path, asked } = setUp(3);
    expect(side.publish().snapshot.data.path).toBeUndefined();
    expect(side.hasNews).toBe(false);
    await path.update();
    expect(side.hasNews).toBe(true);
    const { delta, snapshot } = side.publish();
    expect(delta.data).toMatchObject({ snapshot: false, transactions: [], height: 103 });
    expect(delta.data.path).toEqual(Array(3).fill({ price: 60_000.12, low: 59_000, high: 61_000 }));
    expect(snapshot.data).toMatchObject({ snapshot: true, path: delta.data.path });
    expect(asked[0]?.moments).toEqual([1, 2, 3].map((n) => TIME + 600 * n - 300));
  });

  it("lacks only the price of a block that is newer", async () => {
    const { side, path, connect } = setUp(2);
    side.publish();
    await path.update();
    connect();
    const { delta } = side.publish();
    expect(delta.data.path?.map((price) => price !== null)).toEqual([true, true, false]);
  });

  it("is computed once per tip, for at most a tenth of the time", async () => {
    const { path, asked, time, connect } = setUp(2);
    await path.update();
    await path.update();
    connect();
    await path.update();
    expect(asked).toHaveLength(1);
    time.ms += 9 * 200;
    await path.update();
    expect(asked).toHaveLength(2);
  });

  it("is asked for again, after a pause, if the thread fails", async () => {
    const { side, path, asked, time, logged, setBroken } = setUp(2);
    side.publish();
    setBroken(true);
    await path.update();
    await path.update();
    expect({ hasNews: side.hasNews, asked: asked.length, logged }).toEqual({
      hasNews: false,
      asked: 1,
      logged: ["no thread"],
    });
    setBroken(false);
    time.ms += 10_000;
    await path.update();
    expect(side.hasNews).toBe(true);
  });
});
