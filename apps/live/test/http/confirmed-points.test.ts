import { get as httpGet } from "node:http";
import { brotliDecompressSync } from "node:zlib";
import { type BlockPointsResponse, type ConfirmedPicture, checkConfirmedPicture } from "@utxoracle/models";
import { beforeEach, expect, it } from "vitest";
import { budgets } from "../../src/config/budgets.ts";
import { blockPoints } from "../../src/serve/http/confirmed-points.ts";
import { expectAsDocumented } from "./documented.ts";
import { serveRoutes } from "./served-routes.ts";
import type { TestState } from "./test-state.ts";

const hash = (n: number): string => n.toString(16).padStart(64, "0");

const BLOCKS = 25;
const POINTS_PER_BLOCK = 400;

/** A picture as large as a full one, with prices more random than real ones. */
function picture(tip: number): ConfirmedPicture {
  let state = tip;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const steps = (): number[] =>
    Array.from({ length: POINTS_PER_BLOCK }, () => Math.round(113_000 * (1 + 0.16 * (random() - 0.5))))
      .sort((a, b) => a - b)
      .map((price, index, prices) => price - (prices[index - 1] ?? 0));
  return {
    tip: hash(tip),
    blocks: Array.from({ length: BLOCKS }, (_, index) => ({
      ...{ height: 870_000 + index, hash: hash(100 * tip + index), time: 1_763_800_000 + 600 * index },
      ...{ points: POINTS_PER_BLOCK, of: 2 * POINTS_PER_BLOCK },
    })),
    price_steps: Array.from({ length: BLOCKS }, steps).flat(),
  };
}

let state: TestState;
let url: string;

beforeEach(async () => {
  const served = await serveRoutes();
  ({ state, url } = served);
  return served.close;
});

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(`${url}${path}`, { headers });
  if (response.status !== 304) await expectAsDocumented(path, response.clone());
  return response;
}

/** Bytes of a body as transferred. */
function transferred(path: string, coding: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    httpGet(`${url}${path}`, { headers: { "accept-encoding": coding } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part)).on("end", () => resolve(Buffer.concat(parts)));
    }).on("error", reject);
  });
}

const PICTURE = "/api/v1/confirmed/points";

it("has no picture before the first confirmed price", async () => {
  expect((await get(PICTURE)).status).toBe(503);
});

it("names the tip in an immutable address, and revalidates the current one", async () => {
  state.picture = picture(1);
  const immutable = await get(`${PICTURE}?tip=${hash(1)}`);
  expect(immutable.headers.get("cache-control")).toBe("public, max-age=31536000, immutable, no-transform");
  expect(checkConfirmedPicture(await immutable.json())).toEqual(state.picture);
  const current = await get(PICTURE);
  expect(current.headers.get("cache-control")).toBe("no-cache, no-transform");
  const etag = current.headers.get("etag") ?? "";
  expect((await get(PICTURE, { "if-none-match": etag })).status).toBe(304);
  state.picture = picture(2);
  expect((await get(PICTURE, { "if-none-match": etag })).status).toBe(200);
});

it("serves the picture of the block before to clients that have not seen the new one", async () => {
  state.picture = picture(1);
  await get(PICTURE);
  for (const tip of [2, 3, 4]) {
    state.picture = picture(tip);
    expect((await get(`${PICTURE}?tip=${hash(tip)}`)).status).toBe(200);
  }
  expect((await get(`${PICTURE}?tip=${hash(1)}`)).status).toBe(200);
  expect((await get(`${PICTURE}?tip=${hash(99)}`)).status).toBe(404);
  expect((await get(`${PICTURE}?tip=tip`)).status).toBe(400);
});

it("takes at most 12 kB for 10,000 points", async () => {
  state.picture = picture(1);
  const body = await transferred(PICTURE, "br");
  expect(body.byteLength).toBeLessThan(12_000);
  expect(JSON.parse(brotliDecompressSync(body).toString())).toEqual(state.picture);
  expect((await transferred(PICTURE, "gzip")).byteLength).toBeLessThan(15_000);
});

it("returns the payments behind the points of a block, immutable at a tip", async () => {
  const points: BlockPointsResponse = {
    tip: hash(1),
    hash: hash(7),
    txid: [hash(70), hash(71)],
    vout: [0, 1],
    amount: [0.001, 0.002],
    price: [100_000, 100_500.25],
  };
  state.pointsOfBlocks = [points];
  const path = `/api/v1/blocks/${hash(7)}/points`;
  const response = await fetch(`${url}${path}?tip=${hash(1)}`);
  expect(response.headers.get("cache-control")).toContain("immutable");
  expect(await response.json()).toEqual(points);
  expect((await fetch(`${url}${path}?tip=${hash(2)}`)).status).toBe(404);
  expect((await fetch(`${url}${path}`)).status).toBe(404);
  expect((await fetch(`${url}/api/v1/blocks/7/points`)).status).toBe(400);
  expect((await fetch(`${url}/api/v1/blocks/${hash(7)}/other`)).status).toBe(404);
});

it("refuses more requests for points of a block at once than the budget", async () => {
  const { count } = budgets.blockPointRequests;
  let answer = (): void => undefined;
  const answered = new Promise<null>((resolve) => {
    answer = () => resolve(null);
  });
  const route = blockPoints({ blockPoints: () => answered } as never);
  const ask = async (): Promise<number | undefined> => {
    const query = new URLSearchParams({ tip: hash(1) });
    const request = { path: `/api/v1/blocks/${hash(2)}/points`, query, headers: {}, address: "127.0.0.1" };
    return (await route({ method: "GET", ...request })).status;
  };
  const statuses = Promise.all(Array.from({ length: count + 2 }, ask));
  answer();
  expect(await statuses).toEqual([...new Array(count).fill(404), 503, 503]);
  expect(await ask()).toBe(404);
});
