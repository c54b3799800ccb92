import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** All exported names, including types. */
const exported = [...read("../src/index.ts").matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
  names
    .split(",")
    .map((name) => name.trim().replace(/^type /, ""))
    .filter((name) => name !== ""),
);

it("the README names every export and nothing else", () => {
  const [, part = ""] = read("../README.md").split("\n## API\n");
  const rows = (part.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
  const named = [...rows.join("\n").matchAll(/`(\w+)(?:\([^`]*\))?`/g)].map(([, name = ""]) => name);
  const schemaOf = (name: string): boolean => name.endsWith("Schema") && exported.includes(name.slice(0, -6));
  const checkOf = (name: string): boolean => name.startsWith("check") && exported.includes(`${name.slice(5)}Schema`);
  expect(exported.length).toBeGreaterThan(100);
  expect(exported.filter((name) => !named.includes(name) && !schemaOf(name) && !checkOf(name))).toEqual([]);
  expect(named.filter((name) => !exported.includes(name))).toEqual([]);
});
