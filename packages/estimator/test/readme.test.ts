import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkedOptions } from "../src/analyzer-options.ts";
import { ESTIMATOR_ERROR_CODES } from "../src/index.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

it("the README lists the error codes, no more and no less", () => {
  const section = readme.slice(readme.indexOf("## Errors"), readme.indexOf("## What it costs"));
  const listed = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  expect(listed).toEqual([...ESTIMATOR_ERROR_CODES]);
});

it("the README lists the options of the window with their defaults", () => {
  const [section = ""] = (readme.split("\n## Options\n")[1] ?? "").split("\n## ");
  for (const [name, value] of Object.entries(checkedOptions())) {
    const shown = typeof value === "number" ? value.toLocaleString("en-US") : `\`${JSON.stringify(value)}\``;
    expect(section).toMatch(new RegExp(`\\| (?:of \`MempoolAnalyzer\`: )?\`${name}\` \\| ${shown} \\|`));
  }
});
