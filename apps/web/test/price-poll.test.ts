import type { StreamView } from "@utxoracle/viz";
import { describe, expect, it } from "vitest";
import type { FetchFailure, JsonResponse } from "../src/fetch-json.ts";
import { PricePoll, tickOfPrice } from "../src/price-poll.ts";

const price = { price: 113_600, low: 113_000, high: 114_000, confidence: 0.9, status: "ok", timestamp: 1 };
const answer = (body: unknown, status = 200, retryAfterSeconds: number | null = null): JsonResponse => ({
  status,
  body,
  retryAfterSeconds,
});
const refused: StreamView = {
  connection: "waiting",
  live: null,
  confirmed: null,
  silentSeconds: null,
  refusal: { code: "too_many_clients", message: "too many", retryAfterMs: 1000 },
};

describe("the price over HTTP", () => {
  it.each<[string, Partial<StreamView>]>([
    ["the stream is open", { connection: "open" }],
    ["nothing is refused", { refusal: null }],
    ["the server is unreachable", { refusal: { code: "unreachable", message: "", retryAfterMs: null } }],
  ])("is not requested while %s", async (_, change) => {
    const asked: string[] = [];
    const poll = new PricePoll({ updateData: () => true }, async (path) => {
      asked.push(path);
      return answer(price);
    });
    await poll.run({ ...refused, ...change });
    expect(asked).toEqual([]);
  });

  it("is requested every 10 s, or after Retry-After, one request at a time", async () => {
    let nowMs = 0;
    const given: unknown[] = [];
    const asked: number[] = [];
    let next: (answer: JsonResponse | FetchFailure) => void = () => {};
    const poll = new PricePoll(
      { updateData: (tick) => given.push(tick) > 0 },
      () => {
        asked.push(nowMs);
        return new Promise((resolve) => {
          next = resolve;
        });
      },
      () => nowMs,
    );
    for (; nowMs < 60_000; nowMs += 1000) {
      void poll.run(refused);
      if (nowMs === 2_000) next(answer(price));
      if (nowMs === 13_000) next(answer({ error: "no" }, 503, 30));
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(asked).toEqual([0, 12_000, 43_000]);
    expect(given).toEqual([tickOfPrice(answer(price))]);
  });

  it("becomes a partial tick, or null without a price", () => {
    expect(tickOfPrice(answer(price))).toEqual({
      type: "mempool_update",
      data: { price: 113_600, interval: { low: 113_000, high: 114_000 }, confidence: 0.9, status: "ok", timestamp: 1 },
    });
    expect(tickOfPrice(answer({ ...price, low: null }))).toMatchObject({ data: { interval: null } });
    for (const none of [answer(price, 503), answer(undefined), answer("x"), answer(null)])
      expect(tickOfPrice(none)).toBeNull();
  });
});
