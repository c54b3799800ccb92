import type { BlockPointsResponse, ConfirmedPicture, HistoryResponse } from "@utxoracle/models";
import { needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newestBlock } from "../e2e/newest-block.ts";
import { eventually } from "../e2e/service-process.ts";
import { BusFleet, type Place } from "./bus-fleet.ts";

/** A row is recorded every 10 s. */
const ROWS_DEADLINE_MS = 60_000;

describe("an edge that starts later, over a real NATS server", needs("nats-server"), () => {
  let fleet: BusFleet;
  const at = (place: Place | undefined): string => (place as Place).url;
  const historyAt = async (url: string): Promise<HistoryResponse> =>
    (await (await fetch(`${url}/api/v1/history?step=10`)).json()) as HistoryResponse;

  beforeAll(async () => {
    fleet = await BusFleet.start({ analyzers: 1, edges: 1, seed: 12 });
  }, 240_000);
  afterAll(() => fleet?.dispose());

  it("has the history and the block points of its analyzer", async () => {
    const { answer: before } = await eventually(
      "three rows of the analyzer",
      () => historyAt(at(fleet.analyzers[0])),
      ({ time }) => time.length >= 3,
      ROWS_DEADLINE_MS,
    );
    const edge = fleet.edges[0] as Place;
    await fleet.kill(edge);
    await fleet.run(edge);
    const last = before.time.at(-1) as number;
    const { answer: after } = await eventually(
      "the analyzer's rows at the edge",
      () => historyAt(at(edge)),
      ({ time }) => time.includes(last),
      ROWS_DEADLINE_MS,
    );
    // The edge may have a row of its own for the last moment.
    for (const [index, time] of before.time.slice(0, -1).entries()) {
      const there = after.time.indexOf(time);
      expect([after.price[there], after.low[there], after.status[there]]).toEqual([
        before.price[index],
        before.low[index],
        before.status[index],
      ]);
    }
    const tip = await newestBlock(at(edge));
    const pointsAt = async (url: string): Promise<BlockPointsResponse> =>
      (await (await fetch(`${url}/api/v1/blocks/${tip}/points?tip=${tip}`)).json()) as BlockPointsResponse;
    expect(await pointsAt(at(edge))).toEqual(await pointsAt(at(fleet.analyzers[0])));
    const pictureAt = async (url: string): Promise<ConfirmedPicture> =>
      (await (await fetch(`${url}/api/v1/confirmed/points?tip=${tip}`)).json()) as ConfirmedPicture;
    expect(await pictureAt(at(edge))).toEqual(await pictureAt(at(fleet.analyzers[0])));
  });
});
