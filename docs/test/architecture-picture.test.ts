import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { architecturePicture, packagesShown } from "../scripts/architecture-picture.ts";

const root = new URL("../../", import.meta.url);

/** Packages outside a transaction's path. */
const beside = ["models", "simulator", "testkit"];

describe("docs/images/architecture.svg", () => {
  it("is up to date", () => {
    const drawn = readFileSync(new URL("docs/images/architecture.svg", root), "utf8");
    expect(drawn, "run: pnpm docs:picture").toBe(architecturePicture());
  });

  it("shows exactly the packages on a transaction's path", () => {
    const shown = packagesShown.map((name) => name.replace(/^apps\//, ""));
    const libraries = readdirSync(new URL("packages/", root)).filter((name) => !beside.includes(name));
    const apps = readdirSync(new URL("apps/", root));
    expect([...shown].sort()).toEqual([...libraries, ...apps].sort());
  });

  it("is on docs/architecture.md", () => {
    expect(readFileSync(new URL("docs/architecture.md", root), "utf8")).toContain("(images/architecture.svg)");
    expect(existsSync(new URL("docs/images/architecture.svg", root))).toBe(true);
  });
});
