import { describe, expect, it } from "vitest";
import { defaultCookiePath } from "../src/index.ts";

describe("the cookie's usual place", () => {
  it.each([
    [{ platform: "linux", home: "/home/me" }, "/home/me/.bitcoin/.cookie"],
    [{ platform: "linux", home: "/home/me", chain: "test" }, "/home/me/.bitcoin/testnet3/.cookie"],
    [{ platform: "freebsd", home: "/home/me", chain: "regtest" }, "/home/me/.bitcoin/regtest/.cookie"],
    [
      { platform: "darwin", home: "/Users/me", chain: "signet" },
      "/Users/me/Library/Application Support/Bitcoin/signet/.cookie",
    ],
    [{ platform: "win32", home: "C:\\Users\\me" }, "C:\\Users\\me\\AppData\\Roaming\\Bitcoin\\.cookie"],
    [
      { platform: "win32", home: "C:\\x", appData: "D:\\data", chain: "testnet4" },
      "D:\\data\\Bitcoin\\testnet4\\.cookie",
    ],
  ])("of %j is %s", (place, path) => {
    expect(defaultCookiePath(place)).toBe(path);
  });

  it("of an unknown chain is none", () => {
    expect(() => defaultCookiePath({ platform: "linux", home: "/", chain: "moon" })).toThrow(RangeError);
  });
});
