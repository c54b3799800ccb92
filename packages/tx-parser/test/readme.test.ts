import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as exported from "../src/index.ts";
import { packageFolder } from "./packed-project.ts";
import { readme, readmeExamples } from "./readme-examples.ts";

const source = (name: string): string => readFileSync(join(packageFolder, "src", name), "utf8");

/** The members of a union of string literals, read from the source. */
function unionMembers(text: string, typeName: string): string[] {
  const declaration = text.split(`export type ${typeName} =`)[1]?.split(";")[0] ?? "";
  return Array.from(declaration.matchAll(/"(\w+)"/g), ([, member = ""]) => member);
}

describe("the README", () => {
  it("lists all error codes in order, and each is thrown by the source", () => {
    const section = readme.split("## Errors")[1]?.split("\n## ")[0] ?? "";
    const listed = Array.from(section.matchAll(/^\| `(\w+)` \|/gm), ([, code]) => code);
    const codes = unionMembers(source("tx-parse-error.ts"), "TxParseErrorCode");
    expect(codes.length).toBe(7);
    expect(listed).toEqual(codes);
    const files = ["compact-size.ts", "transaction-walk.ts", "input.ts", "block.ts"].map(source).join("");
    for (const code of codes) expect(files).toContain(`new TxParseError("${code}"`);
  });

  it("names every rejection reason and script type", () => {
    for (const reason of unionMembers(source("payment-filter.ts"), "RejectionReason"))
      expect(readme).toContain(`\`${reason}\``);
    for (const kind of unionMembers(source("script-type.ts"), "ScriptType")) expect(readme).toContain(`\`${kind}\``);
  });

  it("names every exported function and no other", () => {
    const section = readme.split("## API")[1]?.split("\n## ")[0] ?? "";
    const named = new Set(Array.from(section.matchAll(/`(\w+)/g), ([, name = ""]) => name));
    const functions = Object.keys(exported).filter((name) => /^[a-z]/.test(name));
    const missing = functions.filter(
      (name) => !named.has(name) && !(name.endsWith("s") && named.has(name.slice(0, -1))),
    );
    expect(missing).toEqual([]);
    const table = Array.from(section.matchAll(/^\| ([^|]+) \|/gm), ([, cell = ""]) => cell).join(" ");
    const called = Array.from(table.matchAll(/`(\w+)(?:\(|`)/g), ([, name = ""]) => name).filter(
      (name) => name !== "function",
    );
    expect(called.filter((name) => !(name in exported))).toEqual([]);
  });

  it("has five examples with their output, one of them for a browser", () => {
    expect(readmeExamples.map(({ title }) => title)).toEqual([
      "Decode a transaction",
      "Read a block from a block file",
      "Ids only",
      "Stream amounts",
      "In a browser",
    ]);
    expect(readmeExamples.filter(({ isForBrowser }) => isForBrowser).length).toBe(1);
    expect(readmeExamples.map(({ promised }) => promised.length)).toEqual([3, 4, 3, 0, 0]);
  });
});
