import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ESTIMATOR_ERROR_CODES } from "../src/index.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

it("the README lists the error codes, no more and no less", () => {
  const section = readme.slice(readme.indexOf("## Errors"), readme.indexOf("## What it costs"));
  const listed = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  expect(listed).toEqual([...ESTIMATOR_ERROR_CODES]);
});
