import { createHash } from "node:crypto";
import { asyncApiDocument, jsonSchemas, openApiDocument } from "@utxoracle/models";
import { beforeEach, describe, expect, it } from "vitest";
import { routes } from "../../src/serve/http/routes.ts";
import { expectAsDocumented } from "./documented.ts";
import { serveRoutes } from "./served-routes.ts";
import { type TestState, tick } from "./test-state.ts";

let state: TestState;
let url: string;

beforeEach(async () => {
  const served = await serveRoutes({ operator: true });
  ({ state, url } = served);
  return served.close;
});

/** Requests a path of the real server and checks the response against OpenAPI. */
async function get(path: string): Promise<Response> {
  const response = await fetch(`${url}${path}`);
  await expectAsDocumented(path, response.clone());
  return response;
}

/** Requests a path. @returns status and JSON body. */
async function getJson(path: string): Promise<{ status: number; body: unknown }> {
  const response = await get(path);
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  return { status: response.status, body: await response.json() };
}

describe("/metrics", () => {
  it("returns OpenMetrics if Accept names it, else the Prometheus format", async () => {
    const older = await get("/metrics");
    expect(older.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(older.headers.get("vary")).toBe("Accept");
    const accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    const asked = await fetch(`${url}/metrics`, { headers: { accept } });
    await expectAsDocumented("/metrics", asked.clone());
    expect(asked.headers.get("content-type")).toMatch(/^application\/openmetrics-text/);
    expect(await asked.text()).toMatch(/\n# EOF\n$/);
  });
});

describe("/api/v1/price", () => {
  it("returns the price with interval, confidence, status and age", async () => {
    const { status, body } = await getJson("/api/v1/price");
    expect(status).toBe(200);
    expect(body).toEqual({
      price: 113_600.5,
      low: 113_310,
      high: 113_890,
      window_price: 113_550.25,
      confidence: 0.97,
      status: "ok",
      source: "node",
      chain: "main",
      active_in_window: 4309,
      total_received: 12_543,
      total_filtered: 8234,
      window_seconds: 10_800,
      height: 870_000,
      timestamp: 1_763_810_000.25,
      age_seconds: 0.75,
      engine: "posterior",
    });
  });

  it("returns time and age of a stale price", async () => {
    state.tick = tick({ status: "stale", confidence: 0, timestamp: 1_763_810_100, price_timestamp: 1_763_810_000 });
    state.clock = 1_763_810_100.5;
    const { status, body } = await getJson("/api/v1/price");
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "stale", price: 113_600.5, timestamp: 1_763_810_000, age_seconds: 100.5 });
  });

  it("returns null without a price", async () => {
    state.tick = tick({ status: "no_estimate", price: null, interval: null, confidence: 0, price_timestamp: null });
    const { status, body } = await getJson("/api/v1/price");
    expect(status).toBe(200);
    expect(body).toMatchObject({ price: null, low: null, high: null, age_seconds: null, status: "no_estimate" });
  });

  it("returns 503 before the first tick", async () => {
    state.tick = null;
    expect(await getJson("/api/v1/price")).toMatchObject({ status: 503, body: { error: "warming_up" } });
  });
});

describe("the compatibility routes", () => {
  it("return mempool.space's format", async () => {
    const { status, body } = await getJson("/api/v1/prices");
    expect({ status, body }).toEqual({ status: 200, body: { time: 1_763_810_000, USD: 113_601 } });
  });

  it("return BTCPay Server's format", async () => {
    const rate = { name: "US Dollar", cryptoCode: "BTC", currencyPair: "BTC_USD", code: "USD", rate: 113_600.5 };
    for (const path of [
      "/api/rates?currencyPairs=BTC_USD",
      "/api/rates",
      "/api/rates?currencyPairs=BTC_EUR,btc_usd&storeId=x",
    ]) {
      const { status, body } = await getJson(path);
      expect({ status, body }).toEqual({ status: 200, body: [rate] });
    }
    expect((await getJson("/rates")).body).toEqual({ data: [rate] });
  });

  it("return no rate for other pairs, and 400 for an invalid pair", async () => {
    expect(await getJson("/api/rates?currencyPairs=BTC_EUR")).toEqual({ status: 200, body: [] });
    expect(await getJson("/api/rates?currencyPairs=nonsense!")).toMatchObject({
      status: 400,
      body: { error: "invalid_currency_pair", message: expect.stringContaining("NONSENSE!") },
    });
  });

  it("return the number and a newline", async () => {
    const response = await get("/price.txt");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).toBe("113600.50\n");
  });

  it("have source and chain in headers", async () => {
    state.tick = tick({ source: "simulation", chain: null });
    state.confirmedHistory = [{ timestamp: 1000, price: 50_000 }];
    state.evidenceShown = {
      price: 113_600.5,
      timestamp: 1_763_810_000,
      evidence: [{ usd: 100, votes: 41, strength: 93.5 }],
      support: { forgeable_payments: 310, required_payments: 215, other_prices: [] },
      changes: [],
    };
    const paths = [
      "/api/v1/prices",
      "/api/v1/historical-price",
      "/api/v1/confirmed",
      "/api/v1/evidence",
      "/api/rates",
      "/rates",
      "/price.txt",
    ];
    for (const path of paths) {
      const { headers, status } = await get(path);
      expect(status, path).toBe(200);
      expect([headers.get("x-price-source"), headers.get("x-price-chain")], path).toEqual(["simulation", "unknown"]);
      const exposed = headers.get("access-control-expose-headers");
      expect(exposed, path).toMatch(/^X-Price-Source, X-Price-Chain/);
    }
  });

  it("have the time of the evidence in a header", async () => {
    state.tick = tick({ timestamp: 1_763_810_000.25, price_timestamp: 1_763_809_991.5 });
    for (const path of ["/api/v1/prices", "/api/rates", "/rates", "/price.txt"]) {
      const { headers } = await get(path);
      expect(headers.get("x-price-timestamp"), path).toBe("1763809991.500");
      expect(headers.get("access-control-expose-headers"), path).toContain("X-Price-Timestamp");
    }
    expect((await getJson("/api/v1/prices")).body).toMatchObject({ time: 1_763_809_991 });
    expect((await getJson("/api/v1/price")).body).toMatchObject({ timestamp: 1_763_809_991.5, age_seconds: 9.5 });
  });

  it.each([
    ["warming_up", null],
    ["no_estimate", null],
    ["low_confidence", 113_600.5],
    ["stale", 113_600.5],
  ] as const)("answer 503 and no number while the status is %s", async (status, price) => {
    state.tick = tick({ status, price, interval: null });
    for (const path of ["/api/v1/prices", "/api/rates?currencyPairs=BTC_USD", "/rates", "/price.txt"]) {
      const response = await get(path);
      expect(response.status, path).toBe(503);
      expect(response.headers.get("retry-after"), path).toBe("5");
      const text = await response.text();
      expect(text, path).toContain(status);
      expect(text, path).not.toMatch(/\d{3}/);
    }
  });
});

describe("/api/v1/historical-price", () => {
  beforeEach(() => {
    state.confirmedHistory = [
      { timestamp: 1000, price: 50_000.4 },
      { timestamp: 2000, price: 51_000 },
      { timestamp: 3000, price: 52_000 },
    ];
  });

  it.each([
    ["between two blocks the earlier one's", "2999.5", [{ time: 2000, USD: 51_000 }]],
    ["at a block's time that block's", "1000", [{ time: 1000, USD: 50_000 }]],
    ["after the last the last one's", "9999999999", [{ time: 3000, USD: 52_000 }]],
    ["before the first none", "999", []],
  ])("returns %s", async (_name, timestamp, prices) => {
    const { status, body } = await getJson(`/api/v1/historical-price?currency=USD&timestamp=${timestamp}`);
    expect({ status, body }).toEqual({ status: 200, body: { prices, exchangeRates: {} } });
  });

  it("returns all saved prices, newest first, without a timestamp", async () => {
    const { body } = await getJson("/api/v1/historical-price");
    expect((body as { prices: { time: number }[] }).prices.map(({ time }) => time)).toEqual([3000, 2000, 1000]);
  });

  it("returns no prices in other currencies, and 400 for an invalid time", async () => {
    expect(await getJson("/api/v1/historical-price?currency=EUR&timestamp=2000")).toMatchObject({
      body: { prices: [] },
    });
    expect(await getJson("/api/v1/historical-price?timestamp=yesterday")).toMatchObject({
      status: 400,
      body: { error: "invalid_timestamp" },
    });
  });
});

describe("health", () => {
  it("is ready without reasons", async () => {
    for (const path of ["/health/live", "/health/ready"]) {
      const { status, body } = await getJson(path);
      expect({ status, body }).toMatchObject({ status: 200, body: { ok: true, reasons: [] } });
    }
  });

  it("returns 503 with reasons when not ready; live stays 200", async () => {
    state.tick = tick({ status: "stale", node: { ...tick().node, connected: false } });
    const { status, body } = await getJson("/health/ready");
    expect(status).toBe(503);
    expect(body).toMatchObject({ ok: false, reasons: [{ code: "node_disconnected" }, { code: "price_stale" }] });
    expect((await get("/health/live")).status).toBe(200);
  });

  it("returns only codes, without CORS headers", async () => {
    state.reasons = [{ code: "rpc_cookie_missing", message: "no cookie file at /home/ann/.bitcoin/.cookie" }];
    state.noticesShown = [{ code: "zmq_sequence_refused", message: "no sequence feed from tcp://192.0.2.7:28332" }];
    const response = await get("/health/ready");
    expect(await response.json()).toEqual({
      ok: false,
      reasons: [{ code: "rpc_cookie_missing" }],
      notices: [{ code: "zmq_sequence_refused" }],
    });
    for (const path of ["/health/ready", "/health/live", "/metrics"]) {
      const { headers } = await fetch(`${url}${path}`, { headers: { Origin: "https://elsewhere.example" } });
      expect(headers.get("access-control-allow-origin"), path).toBeNull();
      expect(headers.get("cross-origin-resource-policy"), path).toBe("same-origin");
    }
  });

  it("has Retry-After while it is not ready", async () => {
    state.tick = null;
    expect((await get("/health/ready")).headers.get("retry-after")).toBe("5");
  });

  it("is not ready before the first tick", async () => {
    state.tick = null;
    expect(await getJson("/health/ready")).toMatchObject({ status: 503, body: { reasons: [{ code: "starting" }] } });
  });
});

describe("/api/v1/confirmed", () => {
  it("returns all windows and the distance of the live price", async () => {
    state.confirmedSide = {
      price: 113_000,
      interval: { low: 112_900, high: 113_100 },
      status: "ok",
      engine: "posterior",
      height: 870_000,
      block_timestamp: 1_763_809_500,
      window: { first_height: 869_982, last_height: 870_000, hours: 3 },
      blocks: [],
      picture: null,
      transactions: [],
      snapshot: true,
    };
    const number = {
      date: null,
      first_height: 869_857,
      last_height: 870_000,
      block_timestamp: 1_763_809_500,
      amounts: 151_234,
      price: 112_800,
      low: null,
      high: null,
      confidence: 1,
      status: "ok",
      engine: "reference",
    } as const;
    state.windows = {
      lastBlocks: number,
      lastDay: { ...number, date: "2025-11-21" },
    };
    const { body } = await getJson("/api/v1/confirmed");
    expect(body).toMatchObject({
      price: 113_000,
      low: 112_900,
      live_distance_ratio: 113_600.5 / 113_000 - 1,
      last_144_blocks: { price: 112_800, date: null, first_height: 869_857, engine: "reference" },
      last_day: { price: 112_800, date: "2025-11-21" },
    });
    expect(body).toMatchObject({ status: "ok", age_seconds: state.clock - 1_763_809_500 });

    state.clock = 1_763_809_500 + 10_801;
    expect((await getJson("/api/v1/confirmed")).body).toMatchObject({
      price: 113_000,
      status: "stale",
      age_seconds: 10_801,
      last_144_blocks: { status: "stale" },
      // The price of a past day never turns stale.
      last_day: { status: "ok" },
    });
  });

  it("returns null for prices that are not computed", async () => {
    state.tick = null;
    const { body } = await getJson("/api/v1/confirmed");
    expect(body).toMatchObject({ price: null, live_distance_ratio: null, last_144_blocks: null, last_day: null });
  });
});

describe("/api/v1/evidence", () => {
  it("returns the round amounts that support the price", async () => {
    state.evidenceShown = {
      price: 113_600.5,
      timestamp: 1_763_810_000,
      evidence: [{ usd: 100, votes: 41, strength: 93.5 }],
      support: { forgeable_payments: 310, required_payments: 215, other_prices: [] },
      changes: [],
    };
    const { status, body } = await getJson("/api/v1/evidence");
    expect({ status, body }).toEqual({ status: 200, body: state.evidenceShown });
  });

  it("returns 503 without evidence", async () => {
    expect(await getJson("/api/v1/evidence")).toMatchObject({ status: 503, body: { error: "no_evidence" } });
    expect((await get("/api/v1/evidence")).headers.get("retry-after")).toBe("5");
  });
});

describe("the documents", () => {
  it("are those of models, with the service's version", async () => {
    expect((await getJson("/openapi.json")).body).toEqual(
      JSON.parse(JSON.stringify(openApiDocument({ version: "1.2.3", operations: routes }))),
    );
    expect((await getJson("/asyncapi.json")).body).toEqual(
      JSON.parse(JSON.stringify(asyncApiDocument({ version: "1.2.3" }))),
    );
  });

  it("have unique operation ids", () => {
    expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
    expect(new Set(routes.map(({ path }) => path)).size).toBe(routes.length);
  });

  it("include a page without scripts or other origins that links every path to its fields", async () => {
    const response = await get("/docs");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const page = await response.text();
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? "";
    expect(policy).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
    expect(page).not.toMatch(/<script|\bon\w+=|style="|https?:/);
    for (const { path, operationId } of routes) {
      expect(page).toContain(`<a href="#${operationId}"><code>${path}</code></a>`);
      expect(page).toContain(`<h3 id="${operationId}">`);
    }
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    for (const id of targets) expect(page).toContain(`id="${id}"`);
    for (const [, path] of page.matchAll(/href="([^"#]+)">open/g))
      if (path !== "api/v1/stream") expect((await fetch(`${url}/${path}`)).status, path).not.toBe(404);
    expect(page.length).toBeLessThan(60_000);
  });

  it("include the public paths for language models", async () => {
    const text = await (await get("/llms.txt")).text();
    expect(text).toMatch(/^# UTXOracle Live\n\n> /);
    expect(text).toContain("- [/api/v1/price](/api/v1/price): ");
    expect(text).not.toContain("/health/");
  });

  it("include every contract as JSON Schema", async () => {
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      const response = await get(`/schemas/${name}.json`);
      expect(response.headers.get("content-type"), name).toBe("application/schema+json; charset=utf-8");
      expect(await response.json(), name).toEqual(JSON.parse(JSON.stringify(schema)));
    }
  });
});
