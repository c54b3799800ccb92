import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./packed-project.ts";

export const readme: string = readFileSync(join(packageFolder, "README.md"), "utf8");

export interface ReadmeExample {
  /** The heading above it. */
  title: string;
  code: string;
  isForBrowser: boolean;
  /** What its lines say that they print: what stands behind `// →`. */
  promised: string[];
}

/** The README's examples in its order, at most one under a heading. */
export const readmeExamples: ReadmeExample[] = readme.split("\n## ").flatMap((section) => {
  const [title = ""] = section.split("\n", 1);
  const [, fence, code] = section.match(/^```(js|js browser)\n([\s\S]*?)^```/m) ?? [];
  if (code === undefined) return [];
  const promised = Array.from(code.matchAll(/\/\/ → (.*)$/gm), ([, text = ""]) => text);
  return [{ title, code, isForBrowser: fence === "js browser", promised }];
});
