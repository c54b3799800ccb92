import { describe, expect, it } from "vitest";
import { ChartModel } from "../src/chart-model.ts";
import type { ConfirmedPicture } from "../src/contracts.ts";
import type { FetchLike } from "../src/handshake-refusal.ts";
import { PictureSource } from "../src/picture-source.ts";
import { readConfirmedPicture } from "../src/read-message.ts";
import { blockHash, confirmedUpdate, point, T } from "./sample-messages.ts";

const path = (tip: string): string => `api/v1/confirmed/points?tip=${tip}`;
const blocks = [T - 1900, T - 1000, T - 190].map((time, index) => ({
  ...{ height: 913_998 + index, hash: blockHash(index), time },
  ...{ points: 2, of: 2 },
}));
const picture: ConfirmedPicture = {
  tip: blockHash(2),
  blocks,
  price_steps: [113_000, 100, 113_200, 100, 113_400, 100],
};
const snapshot = confirmedUpdate({ picture: path(blockHash(2)), transactions: [] });

describe("the confirmed picture", () => {
  it("gives each block its points and its true height", () => {
    const model = new ChartModel(1000, 3600);
    model.apply(snapshot, 0);
    expect(model.confirmed.points.length).toBe(0);
    expect(model.applyPicture(picture)).toBe(true);
    expect(model.confirmed.blocks.map(({ height, timestamp }) => [height, timestamp])).toEqual(
      blocks.map(({ height, time }) => [height, time]),
    );
    expect(model.confirmed.points.length).toBe(6);
  });

  it("keeps the points of a block that came while it was fetched", () => {
    const model = new ChartModel(1000, 3600);
    model.apply(snapshot, 0);
    const block = { height: 914_001, hash: blockHash(3), time: T };
    model.apply(
      confirmedUpdate({
        ...{ height: 914_001, block_timestamp: T, snapshot: false, picture: path(block.hash) },
        ...{ blocks: [...snapshot.data.blocks.slice(1), block], transactions: [point(1, T, 113_600)] },
      }),
      0,
    );
    expect(model.applyPicture(picture)).toBe(true);
    expect(model.confirmed.blocks.at(-1)).toMatchObject({ height: 914_001, timestamp: T });
    expect(model.confirmed.points.length).toBe(7);
    // The same block again, in the next picture.
    expect(
      model.applyPicture({
        tip: block.hash,
        blocks: [...blocks.slice(1), { ...block, points: 1, of: 1 }],
        price_steps: [...picture.price_steps.slice(2), 113_600],
      }),
    ).toBe(true);
    expect(model.confirmed.points.length).toBe(5);
  });

  it("is ignored if its tip is not on the announced chain", () => {
    const model = new ChartModel(1000, 3600);
    model.apply(snapshot, 0);
    expect(model.applyPicture({ ...picture, tip: blockHash(9) })).toBe(false);
  });

  it("stays while the same blocks are announced again after a reconnect", () => {
    const model = new ChartModel(1000, 3600);
    model.apply(snapshot, 0);
    model.applyPicture(picture);
    model.apply(snapshot, 1);
    expect(model.confirmed.points.length).toBe(6);
  });

  it("gets the payments of a block, each at its point, also when it is thinned", () => {
    const model = new ChartModel(1000, 3600);
    model.apply(snapshot, 0);
    model.applyPicture({ ...picture, blocks: blocks.map((block) => ({ ...block, of: 4 })) });
    const number = model.confirmed.points.origin + 2;
    const { tip, hash } = model.confirmed.picturedBlock(number) ?? {};
    expect([tip, hash]).toEqual([picture.tip, blockHash(1)]);
    const ids = [7, 8, 9, 10].map((id) => point(id, 0, 1).txid);
    const [vout, amount] = [
      [0, 1, 0, 1],
      [0.1, 0.2, 0.3, 0.4],
    ];
    // The last price is another one than the picture's.
    model.confirmed.describe({
      tip: picture.tip,
      hash: blockHash(1),
      txid: ids,
      vout,
      amount,
      price: [113_200.4, 1, 5, 2],
    });
    const { points } = model.confirmed;
    expect(points.at(2)).toMatchObject({ txid: ids[0], vout: 0, amount: 0.1, price: 113_200.4 });
    expect(points.at(3)).toMatchObject({ txid: null, amount: null, price: 113_300 });
    expect(points.at(4)?.txid).toBeNull();
  });

  it("finds the payment of each point although points are drawn in another order", () => {
    const [shown, of] = [50, 100];
    const prices = Array.from({ length: of }, (_, place) => 113_000 + 3 * place);
    const steps = Array.from({ length: shown }, (_, index) => (index === 0 ? 113_000 : 6));
    const block = { ...(blocks[2] as (typeof blocks)[number]), points: shown, of };
    const model = new ChartModel(1000, 3600);
    model.apply(snapshot, 0);
    model.applyPicture({ tip: blockHash(2), blocks: [block], price_steps: steps });
    const drawn = (): number[] => Array.from({ length: shown }, (_, index) => points.prices[points.start + index] ?? 0);
    const { points } = model.confirmed;
    expect([...drawn()].sort((one, other) => one - other)).toEqual(prices.filter((_, place) => place % 2 === 0));
    expect(drawn()).not.toEqual([...drawn()].sort((one, other) => one - other));
    model.confirmed.describe({
      ...{ tip: blockHash(2), hash: block.hash, price: prices },
      txid: prices.map((_, place) => point(place, 0, 1).txid),
      vout: prices.map(() => 0),
      amount: prices.map(() => 0.1),
    });
    for (let index = 0; index < shown; index++) {
      const { txid, price } = points.at(points.start + index) ?? { txid: null, price: 0 };
      expect(txid).toBe(point((price - 113_000) / 3, 0, 1).txid);
    }
  });

  it.each([
    ["no JSON", "{"],
    ["fewer prices than points", JSON.stringify({ ...picture, price_steps: [1, 2] })],
    ["more prices than points", JSON.stringify({ ...picture, price_steps: [...picture.price_steps, 1] })],
    ["a price of 0", JSON.stringify({ ...picture, price_steps: [0, 1, 2, 3, 4, 5] })],
    ["a price below the one before", JSON.stringify({ ...picture, price_steps: [9, -1, 2, 3, 4, 5] })],
    ["a hash that is none", JSON.stringify({ ...picture, tip: "tip" })],
    ["no blocks", JSON.stringify({ ...picture, blocks: null })],
  ])("is not used with %s", (_, text) => {
    expect(readConfirmedPicture(text)).toBeNull();
  });
});

describe("the source of pictures", () => {
  const response = (status: number, body: string) => ({
    status,
    headers: { get: () => null },
    body: new Response(body).body as never,
  });

  it("fetches the picture beside the stream, cacheable, under any path", async () => {
    const asked: [string, string][] = [];
    const received = new Promise<ConfirmedPicture>((resolve) => {
      // A browser's own `fetch` throws "Illegal invocation" as a method of another object.
      const fetch: FetchLike = async function (this: unknown, url, { cache }) {
        if (this !== undefined) throw new TypeError("Illegal invocation");
        asked.push([url, cache]);
        return response(200, JSON.stringify(picture));
      };
      new PictureSource({
        url: "wss://host/price/ws/mempool",
        fetch,
        onPicture: resolve,
        onPoints: () => undefined,
      }).onUpdate(snapshot);
    });
    expect(await received).toEqual(picture);
    expect(asked).toEqual([[`https://host/price/${path(blockHash(2))}`, "default"]]);
  });

  it("drops a picture when a newer one is announced", async () => {
    const answers: (() => void)[] = [];
    const applied: string[] = [];
    const newer = { ...picture, tip: blockHash(4) };
    const done = new Promise<void>((resolve) => {
      const source = new PictureSource({
        url: "ws://host/ws/mempool",
        fetch: (url) =>
          new Promise((answer) => {
            const body = JSON.stringify(url.endsWith(picture.tip) ? picture : newer);
            answers.push(() => answer(response(200, body)));
            if (answers.length === 2) for (const each of answers) each();
          }),
        onPoints: () => undefined,
        onPicture: ({ tip }) => {
          applied.push(tip);
          resolve();
        },
      });
      source.onUpdate(snapshot);
      setTimeout(() => source.onUpdate(confirmedUpdate({ picture: path(newer.tip), transactions: [] })), 5);
    });
    await done;
    expect(applied).toEqual([newer.tip]);
  });
});
