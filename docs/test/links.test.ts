import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { repositoryFiles } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { anchors, linkTargets, markdownFiles, read, root } from "./markdown.ts";

/** A file's broken links within the repository, as `file: target`. */
function deadLinks(path: string, text: string): string[] {
  return linkTargets(text)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
    .filter((target) => {
      const [file = "", anchor] = decodeURIComponent(target).split("#");
      const place = file === "" ? path : normalize(file.startsWith("/") ? file.slice(1) : join(dirname(path), file));
      if (place.startsWith("..") || !existsSync(join(root, place))) return true;
      if (anchor === undefined || statSync(join(root, place)).isDirectory() || !place.endsWith(".md")) return false;
      return !anchors(read(place)).has(anchor);
    })
    .map((target) => `${path}: ${target}`);
}

describe("every markdown file", () => {
  const files = markdownFiles();

  it("is found", () => {
    expect(files).toEqual(expect.arrayContaining(["README.md", "docs/README.md", "packages/estimator/README.md"]));
  });

  it("has no broken links", () => {
    expect(files.flatMap((path) => deadLinks(path, read(path)))).toEqual([]);
  });

  it("is rejected with broken links", () => {
    const dead = "[a](nowhere.md) ![b](images/none.svg) [c](../README.md#no-such-part) [d]: gone.md\n[e]: gone.md";
    expect(deadLinks("docs/README.md", dead)).toEqual([
      "docs/README.md: nowhere.md",
      "docs/README.md: images/none.svg",
      "docs/README.md: ../README.md#no-such-part",
      "docs/README.md: gone.md",
    ]);
    expect(
      deadLinks("docs/README.md", "`[a](nowhere.md)`\n```\n[b](nowhere.md)\n```\n[c](../README.md#try-it)"),
    ).toEqual([]);
  });

  it("is reachable from the root README", () => {
    const reached = new Set<string>();
    const queue = ["README.md"];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      for (const target of linkTargets(read(path))) {
        const [file = ""] = target.split("#");
        if (file === "" || /^[a-z][a-z+.-]*:/i.test(target)) continue;
        const place = normalize(join(dirname(path), file)).replace(/\/$/, "");
        const page = files.includes(place) ? place : join(place, "README.md");
        if (files.includes(page)) queue.push(page);
      }
    }
    const known = files.filter((path) => path.startsWith("docs/") || path.startsWith("deploy/"));
    expect(known.filter((path) => !reached.has(path))).toEqual([]);
  });
});

describe("documents named in the code", () => {
  /** Documents of Bitcoin Core. */
  const elsewhere = ["doc/REST-interface.md", "doc/files.md"];
  const known = new Set([...markdownFiles(), ...markdownFiles().map((path) => basename(path)), ...elsewhere]);

  /** Missing documents that a text names. */
  const missing = (text: string): string[] =>
    [...text.matchAll(/(?:[\w-]+\/)*[\w-]+\.md\b/g)].map(([name]) => name).filter((name) => !known.has(name));

  it("exist", () => {
    const places = ["packages", "apps", "scripts", "deploy", "release", "examples", "docs", ".ci"];
    const sources = repositoryFiles().filter(
      (path) => places.includes(path.split("/")[0] ?? "") && /\.(ts|mjs|sh|yml|yaml|service)$/.test(path),
    );
    // This file names missing documents on purpose.
    sources.splice(sources.indexOf("docs/test/links.test.ts"), 1);
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.flatMap((path) => missing(read(path)).map((name) => `${path}: ${name}`))).toEqual([]);
  });

  it("are rejected if missing", () => {
    expect(missing("(the design, DESIGN.md section 4), docs/nowhere.md, docs/node.md")).toEqual([
      "DESIGN.md",
      "docs/nowhere.md",
    ]);
  });
});
