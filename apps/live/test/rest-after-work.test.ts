import { expect, it } from "vitest";
import { RestAfterWork } from "../src/process/rest-after-work.ts";

it("work that is asked for all the time takes a tenth of it, however long a piece takes", () => {
  let now = 0;
  let worked = 0;
  const rest = new RestAfterWork(() => now);
  for (let round = 0; now < 1_000_000; round++) {
    const tookMs = 1 + ((round * 379) % 2000);
    if (rest.isOver)
      rest.run(() => {
        now += tookMs;
        worked += tookMs;
      });
    else now += 1;
  }
  expect(worked / now).toBeGreaterThan(0.09);
  expect(worked / now).toBeLessThan(0.11);
});
