import { expect, it } from "vitest";
import { WorkThrottle } from "../src/process/work-throttle.ts";

it("limits continuous work to a tenth of the time", () => {
  let now = 0;
  let worked = 0;
  const throttle = new WorkThrottle(() => now);
  for (let round = 0; now < 1_000_000; round++) {
    const tookMs = 1 + ((round * 379) % 2000);
    if (throttle.isReady)
      throttle.run(() => {
        now += tookMs;
        worked += tookMs;
      });
    else now += 1;
  }
  expect(worked / now).toBeGreaterThan(0.09);
  expect(worked / now).toBeLessThan(0.11);
});
