import { describe, expect, it } from "vitest";
import { isHashedName } from "../src/hashed-name.ts";

/** Enough for a linear algorithm; a quadratic one takes many seconds. */
const LONG_NAME_MS = 1000;

describe("isHashedName", () => {
  it.each([
    ["assets/index-Bq3xK9f_.js", true],
    ["assets/index.0123abcd.css", true],
    ["assets/deep/index-a-b-Bq3xK9f_.js", true],
    ["assets/some-pictures.css", false],
    ["assets/index.js", false],
    ["assets/01234567.js", false],
    ["assets/index-Bq3xK9f_", false],
    ["assets/index-Bq3xK9f_.JS", false],
    ["assets/index-Bq3xK9.js", false],
    ["other/index-Bq3xK9f_.js", false],
    ["assets/in dex-Bq3xK9f_.js", true],
    ["", false],
  ])("%s: %s", (name, expected) => {
    expect(isHashedName(name)).toBe(expected);
  });

  it.each(["-", ".", "a-", ".a"])("is linear for a name of 200,000 × %s", (part) => {
    const start = performance.now();
    expect(isHashedName(`assets/${part.repeat(200_000)}!`)).toBe(false);
    expect(isHashedName(`assets/${part.repeat(200_000)}!.js`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(LONG_NAME_MS);
  });
});
