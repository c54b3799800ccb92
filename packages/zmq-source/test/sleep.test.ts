import { expect, it } from "vitest";
import { systemSleep } from "../src/sleep.ts";

it("systemSleep waits longer than the 24-day limit of a timer", async () => {
  const ending = new AbortController();
  const days = systemSleep(30 * 86_400_000, ending.signal).then(
    () => "woke",
    () => "waited",
  );
  // An overflowing timer fires after 1 ms.
  await systemSleep(5, ending.signal);
  ending.abort();
  expect(await days).toBe("waited");
});
