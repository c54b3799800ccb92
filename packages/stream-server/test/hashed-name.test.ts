import { describe, expect, it } from "vitest";
import { isHashedName } from "../src/hashed-name.ts";

/** Short with one pass over the name; many seconds with one for each of its characters. */
const LONG_NAME_MS = 1000;

describe("a name with a hash of the content", () => {
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

  it.each(["-", ".", "a-", ".a"])("is found in one pass over a name of 200,000 × %s", (part) => {
    const start = performance.now();
    expect(isHashedName(`assets/${part.repeat(200_000)}!`)).toBe(false);
    expect(isHashedName(`assets/${part.repeat(200_000)}!.js`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(LONG_NAME_MS);
  });
});
