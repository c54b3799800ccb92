import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./packed-project.ts";

export const readme: string = readFileSync(join(packageFolder, "README.md"), "utf8");

export interface ReadmeExample {
  /** The heading above it. */
  title: string;
  code: string;
  isForBrowser: boolean;
  /** The documented output: the text after `// →`. */
  promised: string[];
}

/** The README's examples in order, at most one per heading. */
export const readmeExamples: ReadmeExample[] = readme.split("\n## ").flatMap((section) => {
  const [title = ""] = section.split("\n", 1);
  const [, fence, code] = section.match(/^```(js|js browser)\n([\s\S]*?)^```/m) ?? [];
  if (code === undefined) return [];
  const promised = Array.from(code.matchAll(/\/\/ → (.*)$/gm), ([, text = ""]) => text);
  return [{ title, code, isForBrowser: fence === "js browser", promised }];
});
