import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { architecturePicture, packagesShown } from "../scripts/architecture-picture.ts";

const root = new URL("../../", import.meta.url);

/** Packages that hold no step of a transaction's way. */
const beside = ["models", "simulator", "testkit"];

describe("docs/images/architecture.svg", () => {
  it("is what the script draws", () => {
    const drawn = readFileSync(new URL("docs/images/architecture.svg", root), "utf8");
    expect(drawn, "run: pnpm docs:picture").toBe(architecturePicture());
  });

  it("shows every package on a transaction's way, and none that is not there", () => {
    const shown = packagesShown.map((name) => name.replace(/^apps\//, ""));
    const libraries = readdirSync(new URL("packages/", root)).filter((name) => !beside.includes(name));
    const apps = readdirSync(new URL("apps/", root));
    expect([...shown].sort()).toEqual([...libraries, ...apps].sort());
  });

  it("is on the page that explains it", () => {
    expect(readFileSync(new URL("docs/architecture.md", root), "utf8")).toContain("(images/architecture.svg)");
    expect(existsSync(new URL("docs/images/architecture.svg", root))).toBe(true);
  });
});
