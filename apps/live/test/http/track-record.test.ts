import { checkTrackRecordResponse } from "@utxoracle/models";
import { beforeEach, expect, it } from "vitest";
import { expectAsDocumented } from "./documented.ts";
import { serveRoutes } from "./served-routes.ts";
import { type TestState, tick } from "./test-state.ts";

const NOW = 1_763_810_000;
const path = "/api/v1/track-record";

let state: TestState;
let url: string;

beforeEach(async () => {
  const served = await serveRoutes();
  ({ state, url } = served);
  state.clock = NOW;
  for (let time = NOW - 7200; time <= NOW; time += 10) state.tracked.record(tick({ timestamp: time, price: 60_000 }));
  for (let due = state.tracked.due(NOW); due !== null; due = state.tracked.due(NOW))
    state.tracked.judge(
      due,
      due.rows.map(() => ({ price: 59_940, low: 59_800, high: 60_080 })),
    );
  return served.close;
});

it("returns the figures of the last 7 days by default, as documented", async () => {
  const response = await fetch(url + path);
  await expectAsDocumented(path, response.clone());
  expect(response.headers.get("cache-control")).toBe("public, max-age=60, no-transform");
  const record = checkTrackRecordResponse(await response.json());
  expect(record).toMatchObject({ days: 7, recorded: 721, ok: { median_pct: 0.1001, worst_pct: 0.1001 } });
});

it("rejects a number of days that is not kept", async () => {
  const response = await fetch(`${url}${path}?days=2`);
  await expectAsDocumented(path, response.clone());
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: "invalid_days", message: 'query "days": must be 1, 7, 30, 90' });
});

it("is unavailable at an edge whose analyzer does not answer", async () => {
  state.trackRecord = () => null as never;
  const response = await fetch(url + path);
  await expectAsDocumented(path, response.clone());
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
});
