import { checkUmbrelWidgetResponse, type UmbrelWidgetResponse } from "@utxoracle/models";
import { beforeEach, describe, expect, it } from "vitest";
import { expectAsDocumented } from "./documented.ts";
import { serveRoutes } from "./served-routes.ts";
import { type TestState, tick } from "./test-state.ts";

const PATH = "/api/v1/umbrel-widget";
let state: TestState;
let url: string;

beforeEach(async () => {
  const served = await serveRoutes();
  ({ state, url } = served);
  return served.close;
});

async function widget(): Promise<UmbrelWidgetResponse> {
  const response = await fetch(`${url}${PATH}`);
  await expectAsDocumented(PATH, response.clone());
  // umbrelOS shows an error for other statuses.
  expect(response.status).toBe(200);
  return checkUmbrelWidgetResponse(await response.json());
}

const texts = ({ items }: UmbrelWidgetResponse): string[] =>
  items.map(({ title, text, subtext }) => `${title}: ${text} ${subtext}`.trim());

describe("the umbrelOS widget", () => {
  it("shows price, interval, confidence and payments", async () => {
    const answer = await widget();
    expect(answer).toMatchObject({ type: "four-stats", link: "" });
    expect(texts(answer)).toEqual([
      "Price: $113,601 ok",
      "90 % from: $113,310 to $113,890",
      "Confidence: 97 %",
      "Payments: 4,309 in 3 h",
    ]);
  });

  it("has a refresh period in the format of umbrelOS", async () => {
    expect((await widget()).refresh).toMatch(/^[1-9]\d*s$/);
  });

  it("shows the status instead of a missing price", async () => {
    state.tick = tick({ status: "no_estimate", price: null, interval: null, confidence: 0 });
    expect(texts(await widget())).toEqual([
      "Price: – no evidence yet",
      "90 % from: –",
      "Confidence: –",
      "Payments: 4,309 in 3 h",
    ]);
    state.tick = null;
    expect(texts(await widget())).toEqual(["Price: – loading", "90 % from: –", "Confidence: –", "Payments: –"]);
  });

  it("marks an uncertain or stale price", async () => {
    state.tick = tick({ status: "low_confidence", confidence: 0.319 });
    expect(texts(await widget()).slice(0, 3)).toContain("Price: $113,601 uncertain");
    expect(texts(await widget())[2]).toBe("Confidence: 31 %");
    state.tick = tick({ status: "stale", confidence: 0, interval: null });
    expect(texts(await widget())[0]).toBe("Price: $113,601 stale");
  });

  it.each([
    [{ source: "simulation", chain: null }, "Simulated price"],
    [{ source: "replay", chain: "main" }, "Replayed price"],
    [{ source: "node", chain: "regtest" }, "Price (regtest)"],
    [{ source: "node", chain: null }, "Price"],
  ] as const)("calls a price of %j by what it is", async (changes, title) => {
    state.tick = tick(changes);
    expect((await widget()).items[0]?.title).toBe(title);
  });
});
