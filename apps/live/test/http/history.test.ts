import { get as httpGet } from "node:http";
import { checkHistoryResponse, type HistoryResponse } from "@utxoracle/models";
import { beforeEach, expect, it, vi } from "vitest";
import { budgets } from "../../src/config/budgets.ts";
import { historyRoute } from "../../src/serve/http/history.ts";
import { expectAsDocumented } from "./documented.ts";
import { serveRoutes } from "./served-routes.ts";
import { type TestState, tick } from "./test-state.ts";

const NOW = 1_763_810_000;

let state: TestState;
let url: string;

beforeEach(async () => {
  const served = await serveRoutes();
  ({ state, url } = served);
  state.clock = NOW + 5;
  for (let time = NOW - 7200; time <= NOW; time += 10) state.published.record(tick({ timestamp: time, price: 60_000 }));
  return served.close;
});

const path = "/api/v1/history";

async function get(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${url}${path}${query}`, { headers });
}

async function history(query: string): Promise<HistoryResponse> {
  const response = await get(query);
  await expectAsDocumented(path, response.clone());
  expect(response.status).toBe(200);
  return checkHistoryResponse(await response.json());
}

/**
 * Asks the route itself for a range of its own for each index.
 * @returns the status of the response.
 */
function askedDirectly(): (index: number) => Promise<number> {
  const route = historyRoute(state);
  return async (index) => {
    const query = new URLSearchParams({ from: String(NOW - 600 - 10 * index) });
    const { status = 200 } = await route({ method: "GET", path, query, headers: {}, address: "127.0.0.1" });
    return status;
  };
}

it("returns all rows of the last 3 hours by default", async () => {
  const { step, from, to, time, price } = await history("");
  expect({ step, from, to }).toEqual({ step: 10, from: NOW - 10_800, to: NOW });
  expect(time).toHaveLength(721);
  expect(time.at(-1)).toBe(NOW);
  expect(new Set(price)).toEqual(new Set([60_000]));
});

it("chooses the finest step that is kept since from", async () => {
  expect((await history(`?from=${NOW - 3000}`)).step).toBe(10);
  expect((await history(`?from=${NOW - 90_000}`)).step).toBe(60);
  expect((await history(`?from=${NOW - 1_000_000}`)).step).toBe(600);
  expect((await history("?from=0")).from).toBe(NOW - 200 - 90 * 86_400);
});

it("returns rows between from and to, in whole steps", async () => {
  const { from, to, time } = await history(`?from=${NOW - 1000.5}&to=${NOW - 500}&step=60`);
  expect([from % 60, to % 60]).toEqual([0, 0]);
  expect(time.every((each) => each >= from && each <= to)).toBe(true);
  expect(time.length).toBeGreaterThan(7);
});

it.each([
  ["?from=yesterday", "invalid_from", 'query "from": must be Unix time in seconds'],
  ["?to=-1", "invalid_to", 'query "to": must be Unix time in seconds'],
  ["?from=1763810000000", "invalid_from", 'query "from": must be Unix time in seconds'],
  ["?step=7", "invalid_step", 'query "step": must be 10, 60, 600 (seconds)'],
  [`?from=${NOW}&to=${NOW - 10}`, "invalid_range", 'query "from": must not be later than "to" or now'],
  [`?from=${NOW + 100}`, "invalid_range", 'query "from": must not be later than "to" or now'],
])("rejects %s with 400 and names the field", async (query, error, message) => {
  const response = await get(query);
  await expectAsDocumented(path, response.clone());
  expect([response.status, await response.json()]).toEqual([400, { error, message }]);
});

it("lets caches keep a range until its next step, and revalidates it by ETag", async () => {
  const first = await get("", { "accept-encoding": "br" });
  expect(first.headers.get("content-encoding")).toBe("br");
  expect(first.headers.get("cache-control")).toBe("public, max-age=5, no-transform");
  const etag = first.headers.get("etag") ?? "";
  expect((await get("", { "accept-encoding": "br", "if-none-match": etag })).status).toBe(304);
  state.clock += 10;
  state.published.record(tick({ timestamp: NOW + 10, price: 60_001 }));
  const changed = await get("", { "accept-encoding": "br", "if-none-match": etag });
  expect([changed.status, ((await changed.json()) as HistoryResponse).price.at(-1)]).toEqual([200, 60_001]);
});

it("refuses more ranges at once than the budget, and serves them afterwards", async () => {
  const { count } = budgets.historyRanges;
  const ask = askedDirectly();
  const statuses = await Promise.all(Array.from({ length: count + 3 }, (_, index) => ask(index)));
  expect(statuses).toEqual([...new Array(count).fill(200), 503, 503, 503]);
  expect(await ask(count)).toBe(200);
});

it("keeps as many ranges as the budget, the latest", async () => {
  const { count } = budgets.historyRanges;
  const ask = askedDirectly();
  const reads = vi.spyOn(state.history(), "rows");
  for (let index = 0; index <= count; index++) await ask(index);
  await ask(count);
  await ask(1);
  expect(reads).toHaveBeenCalledTimes(count + 1);
  await ask(0);
  expect(reads).toHaveBeenCalledTimes(count + 2);
});

it("takes at most 9 kB for three hours of 10 s", async () => {
  let price = 87_418.1;
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647 - 0.5;
  };
  for (let time = NOW - 3 * 3600 + 10; time <= NOW - 10; time += 10) {
    price *= 1 + 0.0005 * random();
    const width = 0.007 + 0.0005 * random();
    const interval = { low: price * (1 - width), high: price * (1 + width) };
    state.published.record(tick({ timestamp: time, price, interval }));
  }
  const bytes = await new Promise<number>((resolve, reject) => {
    httpGet(`${url}/api/v1/history`, { headers: { "accept-encoding": "br" } }, (response) => {
      let total = 0;
      response.on("data", (part: Buffer) => {
        total += part.byteLength;
      });
      response.on("end", () => resolve(total));
    }).on("error", reject);
  });
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(9000);
});
