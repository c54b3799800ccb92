import { expect, it } from "vitest";
import { systemSleep } from "../src/sleep.ts";

it("waits longer than the 24 days that one timer can take", async () => {
  const ending = new AbortController();
  const days = systemSleep(30 * 86_400_000, ending.signal).then(
    () => "woke",
    () => "waited",
  );
  // A timer that overflows fires after 1 ms.
  await systemSleep(5, ending.signal);
  ending.abort();
  expect(await days).toBe("waited");
});
