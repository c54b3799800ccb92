import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkFxResponse } from "@utxoracle/models";
import { createStreamServer } from "@utxoracle/stream-server";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseFxFile } from "../src/config/fx-file.ts";
import { FxRates } from "../src/serve/fx-rates.ts";
import { handlersOf } from "../src/serve/http/routes.ts";
import { createServiceMetrics } from "../src/serve/metrics/service-metrics.ts";
import { expectAsDocumented } from "./http/documented.ts";
import { TestState } from "./http/test-state.ts";

describe("a rate file", () => {
  it("has a currency, a rate and a day per line, with comments", () => {
    expect(parseFxFile("# mine\r\nEUR 0.92 2026-11-29\n\n  JPY\t151.5 2026-12-31 # yen\n")).toEqual([
      { currency: "EUR", perUsd: 0.92, date: "2026-11-29" },
      { currency: "JPY", perUsd: 151.5, date: "2026-12-31" },
    ]);
  });

  it("may end its lines with CR alone", () => {
    expect(parseFxFile("EUR 0.92 2026-11-29\rJPY 151.5 2026-12-31\r")).toHaveLength(2);
  });

  it("may look like the one in docs/operating.md", () => {
    const page = readFileSync(new URL("../../../docs/operating.md", import.meta.url), "utf8");
    const shown = /^```\n(# currency[\s\S]*?)^```$/m.exec(page)?.[1] ?? "";
    expect(parseFxFile(shown)).toHaveLength(1);
  });

  it.each([
    ["eur 0.92 2026-11-29", 'line 1: currency "eur" is not three capitals'],
    ["EUR 0.92 2026-11-29\nEUR 0.93 2026-11-29", "line 2: currency EUR has a rate already"],
    ["USD 1 2026-11-29", "line 1: currency USD needs no rate"],
    ["\nEUR 0,92 2026-11-29", 'line 2: rate "0,92" is not a number over 0'],
    ["EUR 0 2026-11-29", 'line 1: rate "0" is not a number over 0'],
    ["EUR 0.92", 'line 1: date "" is not a day'],
    ["EUR 0.92 2026-02-30", 'line 1: date "2026-02-30" is not a day'],
    ["EUR 0.92 2026-11-29 12:00", 'line 1: "12:00" follows the date'],
  ])("with %j names line and field", (text, message) => {
    expect(() => parseFxFile(text)).toThrow(message);
    expect(() => parseFxFile(text)).toThrow("such as EUR 0.92 2026-11-29");
  });
});

describe("the service with --fx", () => {
  let folder: string;
  let path: string;
  let now: number;
  const lines: { msg: string }[] = [];
  const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });

  /** Writes the file with a modification time of its own. */
  function write(text: string, version: number): void {
    writeFileSync(path, text);
    utimesSync(path, version, version);
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "utxoracle-fx-"));
    path = join(folder, "rates.txt");
    now = Date.parse("2026-11-29T23:59:00Z");
    lines.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("adds marked prices to mempool.space's and BTCPay Server's formats, until the day has passed", async () => {
    write("EUR 0.92 2026-11-29\nJPY 150 2026-12-31\n", 1);
    const fx = new FxRates(path, log, () => now);
    const state = new TestState();
    const server = createStreamServer();
    server.addRoutes(handlersOf("public", { state, version: "1.2.3", metrics: createServiceMetrics({ state }), fx }));
    const { url } = await server.listen();
    try {
      const get = async (route: string): Promise<{ body: unknown; marked: string | null }> => {
        const response = await fetch(`${url}${route}`);
        await expectAsDocumented(route, response.clone());
        return { body: await response.json(), marked: response.headers.get("x-price-fx") };
      };
      expect(await get("/api/v1/prices")).toEqual({
        body: { time: 1_763_810_000, USD: 113_601, EUR: 104_512, JPY: 17_040_075 },
        marked: "operator; EUR 0.92 2026-11-29, JPY 150 2026-12-31",
      });
      expect(await get("/api/rates?currencyPairs=BTC_EUR")).toEqual({
        body: [
          {
            name: "EUR, operator's rate of 2026-11-29",
            cryptoCode: "BTC",
            currencyPair: "BTC_EUR",
            code: "EUR",
            rate: 104_512.46,
          },
        ],
        marked: "operator; EUR 0.92 2026-11-29",
      });
      now += 120_000;
      expect((await get("/api/v1/prices")).body).toEqual({ time: 1_763_810_000, USD: 113_601, JPY: 17_040_075 });
      expect(await get("/api/rates?currencyPairs=BTC_EUR")).toEqual({ body: [], marked: null });
      expect(checkFxResponse((await get("/api/v1/fx")).body).rates).toEqual([
        { currency: "EUR", per_usd: 0.92, date: "2026-11-29", status: "stale" },
        { currency: "JPY", per_usd: 150, date: "2026-12-31", status: "ok" },
      ]);
    } finally {
      await server.close();
    }
  });

  it("ends the start for a wrong file, naming file and line", () => {
    write("EUR x 2026-11-29", 1);
    expect(() => new FxRates(path, log, () => now)).toThrow(`--fx: ${path}: line 1: rate "x"`);
    expect(() => new FxRates(join(folder, "none"), log, () => now)).toThrow("no such file");
    writeFileSync(path, Buffer.from("\ufeffEUR 0.92 2026-11-29", "utf16le"));
    expect(() => new FxRates(path, log, () => now)).toThrow(`--fx: ${path} is UTF-16 text; save it as UTF-8`);
    expect(() => new FxRates(join(folder, "x".repeat(300)), log, () => now)).toThrow(/^--fx: .* cannot be read/);
  });

  it("reads a changed file, and keeps the earlier rates while the file is wrong", () => {
    write("EUR 0.92 2026-11-30", 1);
    const fx = new FxRates(path, log, () => now);
    write("EUR 0.95 2026-11-30", 2);
    now += 5000;
    expect(fx.current()).toMatchObject([{ perUsd: 0.95 }]);
    write("EUR", 3);
    now += 5000;
    expect(fx.current()).toMatchObject([{ perUsd: 0.95 }]);
    rmSync(path);
    now += 5000;
    expect(fx.current()).toMatchObject([{ perUsd: 0.95 }]);
    expect(lines.map(({ msg }) => msg)).toEqual([
      "loaded currency rates",
      expect.stringContaining('line 1: rate ""'),
      expect.stringContaining("no such file"),
    ]);
  });
});
