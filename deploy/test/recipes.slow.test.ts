import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { checkPriceResponse, type MempoolSnapshotData } from "@utxoracle/models";
import type { StreamServer } from "@utxoracle/stream-server";
import { fewOrAll, installedProgram, needs, newtonsoftPath } from "@utxoracle/testkit";
import { Ajv } from "ajv";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serveRoutes } from "../../apps/live/test/http/served-routes.ts";
import { type TestState, tick } from "../../apps/live/test/http/test-state.ts";
import { root, yaml } from "./repository.ts";

let state: TestState;
let server: StreamServer;
let url: string;

beforeEach(async () => {
  const served = await serveRoutes();
  ({ state, server, url } = served);
  return served.close;
});

type Moment = readonly [string, Partial<MempoolSnapshotData>, boolean];

/** States of the service, and whether the price is usable. */
const moments: readonly Moment[] = [
  ["a price of now", {}, true],
  ["no price yet", { status: "warming_up", price: null, interval: null, confidence: 0 }, false],
  ["a doubtful price", { status: "low_confidence", confidence: 0.3 }, false],
  ["an old price", { status: "stale", confidence: 0 }, false],
  ["a simulated price", { source: "simulation", chain: null }, false],
  ["a replayed price", { source: "replay" }, false],
  ["a price of a test chain", { chain: "regtest" }, false],
  ["a price of an unknown chain", { chain: null }, false],
];

describe("the recipe for Home Assistant", () => {
  interface Sensor {
    readonly value_template: string;
    readonly availability?: string;
    readonly json_attributes?: readonly string[];
  }
  interface Recipe {
    readonly rest: readonly {
      readonly resource: string;
      readonly sensor: readonly Sensor[];
      readonly binary_sensor: readonly Sensor[];
    }[];
  }
  const recipe = yaml<Recipe>("deploy/recipes/home-assistant/utxoracle-live.yaml");
  const [rest] = recipe.rest;
  const [sensor] = rest?.sensor ?? [];
  const [doubtful] = rest?.binary_sensor ?? [];
  const path = new URL(rest?.resource ?? "").pathname;

  /**
   * Home Assistant's strict schema of the `rest` integration
   * (homeassistant/components/rest/schema.py).
   */
  const entity = {
    name: { type: "string" },
    unique_id: { type: "string" },
    icon: { type: "string" },
    device_class: { type: "string" },
    availability: { type: "string" },
    value_template: { type: "string" },
  };
  const rules = {
    type: "object",
    required: ["rest"],
    properties: {
      rest: {
        type: "array",
        items: {
          type: "object",
          required: ["resource"],
          additionalProperties: false,
          properties: {
            resource: { type: "string" },
            scan_interval: { type: "integer" },
            timeout: { type: "integer" },
            sensor: {
              type: "array",
              items: {
                type: "object",
                additionalProperties: false,
                properties: {
                  ...entity,
                  unit_of_measurement: { type: "string" },
                  state_class: { enum: ["measurement", "total", "total_increasing"] },
                  json_attributes: { type: "array", items: { type: "string" } },
                },
              },
            },
            binary_sensor: {
              type: "array",
              items: { type: "object", additionalProperties: false, properties: entity },
            },
          },
        },
      },
    },
  };

  /** The service's response, which Home Assistant reads whatever its status. */
  const answer = async (): Promise<string> => await (await fetch(`${url}${path}`)).text();

  /** Renders templates on responses: a list for each response. */
  function rendered(values: readonly string[], templates: readonly (string | undefined)[]): string[][] {
    const { status, stdout, stderr } = spawnSync(
      installedProgram("python3"),
      [fileURLToPath(new URL("render-jinja.py", import.meta.url))],
      { input: JSON.stringify({ values, templates }), encoding: "utf8" },
    );
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as string[][];
  }

  it("matches Home Assistant's schema", () => {
    const validate = new Ajv().compile(rules);
    expect(validate(recipe), JSON.stringify(validate.errors)).toBe(true);
  });

  it("has a price whenever it is usable, and a problem unless it is ok", needs("jinja2"), async () => {
    const values: string[] = [];
    const ticks: (MempoolSnapshotData | null)[] = moments.map(([, changes]) => tick(changes));
    for (state.tick of [...ticks, null]) values.push(await answer());
    const results = rendered(values, [sensor?.availability, sensor?.value_template, doubtful?.value_template]);
    for (const [index, [what, , usable]] of moments.entries()) {
      const [available, value, problem] = results[index] ?? [];
      expect(available?.trim(), what).toBe(usable ? "True" : "False");
      // Half a dollar: Python rounds halves to even.
      if (usable) expect(Math.abs(Number(value) - (ticks[index]?.price ?? 0)), what).toBeLessThanOrEqual(0.5);
      expect(problem?.trim(), what).toBe(ticks[index]?.status === "ok" ? "False" : "True");
    }
    expect(results.at(-1)?.[0]?.trim(), "while the service starts").toBe("False");
  });

  it("shows existing attributes", async () => {
    const answer = checkPriceResponse(await (await fetch(`${url}${path}`)).json());
    expect(Object.keys(answer)).toEqual(expect.arrayContaining([...(sensor?.json_attributes ?? [])]));
    expect(sensor?.json_attributes).toContain("low");
  });
});

describe("the recipe for BTCPay Server, compiled and run", needs("mono"), () => {
  const folder = mkdtempSync(join(tmpdir(), "btcpay-"));
  const program = join(folder, "server.exe");
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    const recipe = readdirSync(`${root}deploy/recipes/btcpay`).map((name) => `${root}deploy/recipes/btcpay/${name}`);
    expect(recipe).toHaveLength(2);
    const sources = [...recipe, fileURLToPath(new URL("btcpay-signatures.cs", import.meta.url))];
    const references = ["-r:System.Net.Http", `-r:${newtonsoftPath}`];
    const { status, stdout, stderr } = spawnSync("mcs", [`-out:${program}`, ...references, ...sources], {
      encoding: "utf8",
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
    copyFileSync(newtonsoftPath, join(folder, "Newtonsoft.Json.dll"));
  });

  /** The result of one request through the plugin's rate source. */
  const asked = async (address: string): Promise<{ readonly code: number | null; readonly lines: string[] }> => {
    const child = spawn("mono", [program], { env: { ...process.env, UTXORACLE_LIVE_URL: address } });
    let code: number | null = null;
    const result: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      const [, end] = /^ends with (\d+)$/.exec(line) ?? [];
      if (end === undefined) result.push(line);
      else {
        code = Number(end);
        child.kill("SIGKILL");
      }
    }
    const [source, ...lines] = result;
    expect(source).toBe("utxoraclelive");
    return { code, lines };
  };

  /** A rate, and each of the two errors. */
  const few = moments.filter(([what]) => /of now|old|test chain/.test(what));

  it.each(fewOrAll(few, moments))("returns a rate or an error for %s: %j", async (_what, changes, usable) => {
    state.tick = tick(changes);
    const { code, lines } = await asked(url);
    if (usable) expect({ code, lines }).toEqual({ code: 0, lines: ["BTC_USD 113600.5"] });
    else expect({ code, lines }).toEqual({ code: 3, lines: [expect.stringMatching(/Exception: .*(503|main chain)/)] });
  });

  it("accepts a trailing slash, and fails if the service is down", async () => {
    expect(await asked(`${url}/`)).toEqual({ code: 0, lines: ["BTC_USD 113600.5"] });
    await server.close();
    expect((await asked(url)).code).toBe(3);
  });
});
