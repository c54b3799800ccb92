import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sourceTableReadmes, withSourceTables } from "../scripts/source-tables.ts";
import { root } from "./markdown.ts";

it.each(sourceTableReadmes)("the tables of %s equal the doc comments", (path) => {
  expect(readFileSync(`${root}${path}`, "utf8"), "run: pnpm docs:tables").toBe(withSourceTables(`${root}${path}`));
});
