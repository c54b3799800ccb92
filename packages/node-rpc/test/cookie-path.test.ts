import { describe, expect, it } from "vitest";
import { defaultCookiePath } from "../src/index.ts";

describe("defaultCookiePath", () => {
  it.each([
    [{ platform: "linux", home: "/home/me" }, "/home/me/.bitcoin/.cookie"],
    [{ platform: "linux", home: "/home/me", chain: "test" }, "/home/me/.bitcoin/testnet3/.cookie"],
    [{ platform: "freebsd", home: "/home/me", chain: "regtest" }, "/home/me/.bitcoin/regtest/.cookie"],
    [
      { platform: "darwin", home: "/Users/me", chain: "signet" },
      "/Users/me/Library/Application Support/Bitcoin/signet/.cookie",
    ],
    [{ platform: "linux", home: "/home/me", chain: "testnet4" }, "/home/me/.bitcoin/testnet4/.cookie"],
    [{ platform: "win32", home: "C:\\Users\\me" }, "C:\\Users\\me\\AppData\\Local\\Bitcoin\\.cookie"],
    [{ platform: "win32", home: "C:\\x", appData: "", localAppData: "" }, "C:\\x\\AppData\\Local\\Bitcoin\\.cookie"],
    [
      { platform: "win32", home: "C:\\x", localAppData: "D:\\data", chain: "testnet4" },
      "D:\\data\\Bitcoin\\testnet4\\.cookie",
    ],
  ])("of %j is %s", (place, path) => {
    expect(defaultCookiePath(place)).toBe(path);
  });

  it("is the roaming folder on Windows if an older node created it", () => {
    const place = { platform: "win32", home: "C:\\x", chain: "signet" };
    const old = "C:\\x\\AppData\\Roaming\\Bitcoin";
    expect(defaultCookiePath({ ...place, exists: (folder) => folder === old })).toBe(`${old}\\signet\\.cookie`);
    const moved = { ...place, appData: "E:\\roaming", exists: (folder: string) => folder === "E:\\roaming\\Bitcoin" };
    expect(defaultCookiePath(moved)).toBe("E:\\roaming\\Bitcoin\\signet\\.cookie");
  });

  it("throws for an unknown chain", () => {
    for (const chain of ["moon", "constructor", "x/../../evil"])
      expect(() => defaultCookiePath({ platform: "linux", home: "/", chain })).toThrow(RangeError);
  });
});
