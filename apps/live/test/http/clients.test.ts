import { beforeEach, describe, expect, it } from "vitest";
import { expectAsDocumented } from "./documented.ts";
import { serveRoutes } from "./served-routes.ts";
import { type TestState, tick } from "./test-state.ts";

// What wallets and other programs request and read, after their public source code.

let state: TestState;
let url: string;

beforeEach(async () => {
  const served = await serveRoutes();
  ({ state, url } = served);
  return served.close;
});

interface Client {
  readonly path: string;
  /** The price that the client shows; throws or returns undefined if it cannot read the body. */
  readonly read: (body: string) => unknown;
  readonly shows: number;
}

interface Rate {
  readonly currencyPair: string;
  readonly code: string;
  readonly rate: number;
}
const json = <T>(body: string): T => JSON.parse(body) as T;
/** ZEUS, FiatStore: a list of rates, one of them with the code of the selected currency. */
const zeusRate = (body: string): unknown => json<Rate[]>(body).find(({ code }) => code === "USD")?.rate;

const clients: Readonly<Record<string, Client>> = {
  // github.com/ZeusLN/zeus/pull/4511, "Currency: add custom BTCPay Server fiat rates source".
  "ZEUS with a custom BTCPay Server": {
    path: "/api/rates?storeId=Fjt7gL&currencyPairs=BTC_USD",
    read: zeusRate,
    shows: 113_600.5,
  },
  // github.com/ZeusLN/zeus, stores/FiatStore.ts: no currency pairs.
  "ZEUS with its own rates server's path": { path: "/api/rates?storeId=Fjt7gL", read: zeusRate, shows: 113_600.5 },
  // btcpayserver, BitpayRateProvider and clients of its rates API: the pair.
  "clients of BTCPay Server": {
    path: "/api/rates?storeId=x&currencyPairs=BTC_EUR,BTC_USD",
    read: (body) => json<Rate[]>(body).find(({ currencyPair }) => currencyPair === "BTC_USD")?.rate,
    shows: 113_600.5,
  },
  // github.com/sparrowwallet/sparrow, ExchangeSource: the field of the currency.
  "Sparrow, Wasabi and others with mempool.space's rates": {
    path: "/api/v1/prices",
    read: (body) => json<{ USD: number }>(body).USD,
    shows: 113_601,
  },
  // github.com/bitcoinresearchkit/brk: a JSON number.
  "clients of Bitcoin Research Kit": { path: "/api/mempool/price", read: (body) => json(body), shows: 113_600.5 },
};

describe.each(Object.entries(clients))("%s", (_name, { path, read, shows }) => {
  it("shows the price", async () => {
    const response = await fetch(url + path);
    await expectAsDocumented(path, response.clone());
    // ZEUS and others accept 200 only.
    expect(response.status).toBe(200);
    expect(read(await response.text())).toBe(shows);
  });

  it("gets 503 with Retry-After, and no number, while there is no reliable price", async () => {
    state.tick = tick({ status: "low_confidence", confidence: 0.2 });
    const response = await fetch(url + path);
    await expectAsDocumented(path, response.clone());
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await response.text()).not.toMatch(/\d{4}/);
  });
});
