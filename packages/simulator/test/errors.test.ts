import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SIMULATOR_ERROR_CODES } from "../src/index.ts";

it("the README lists every error code and no other", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const listed = [...readme.split("## Errors")[1]!.matchAll(/^\| `([a-z_]+)`/gm)].map(([, code]) => code);
  expect(listed.sort()).toEqual([...SIMULATOR_ERROR_CODES].sort());
});
