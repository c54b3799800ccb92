import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryFiles } from "@utxoracle/testkit";
import { repositoryRoot } from "./published-packages.ts";

/** A fenced code block of a document. */
export interface Fence {
  /** Name: the heading above and the block's number below it, e.g. `Try it`, `Try it (2)`. */
  readonly name: string;
  /** Info string of the fence, e.g. `sh`. */
  readonly language: string;
  readonly text: string;
  /** The last text line before the block. */
  readonly lead: string;
}

/** The repository's documents, by path. Changelogs are generated. */
export function documentPaths(): string[] {
  return repositoryFiles().filter(
    (path) => path.endsWith(".md") && !path.endsWith("CHANGELOG.md") && !path.startsWith(".changeset/"),
  );
}

/** The fenced blocks of a document in order, including those in lists. */
export function fencesOf(path: string): Fence[] {
  const fences: Fence[] = [];
  const counts = new Map<string, number>();
  let heading = "";
  let lead = "";
  let open: { language: string; lines: string[]; indent: number } | null = null;
  for (const line of readFileSync(join(repositoryRoot, path), "utf8").split("\n")) {
    const mark = /^( *)```(.*)$/.exec(line);
    if (open === null) {
      if (mark !== null) open = { language: String(mark[2]).trim(), lines: [], indent: String(mark[1]).length };
      else if (/^#+ /.test(line)) heading = line.replace(/^#+ /, "");
      else if (line.trim() !== "") lead = line.trim();
    } else if (mark === null) open.lines.push(line.slice(open.indent));
    else {
      const count = (counts.get(heading) ?? 0) + 1;
      counts.set(heading, count);
      const name = count === 1 ? heading : `${heading} (${count})`;
      fences.push({ name, language: open.language, text: `${open.lines.join("\n")}\n`, lead });
      open = null;
      lead = "";
    }
  }
  if (open !== null) throw new Error(`${path}: a fence is not closed`);
  return fences;
}

/** The file name in "Save as `price.mts`:" above a block, or null. */
export function fileOf({ lead }: Fence): string | null {
  return /^.*[Ss]ave as `([^`]+)`.*:$/.exec(lead)?.[1] ?? null;
}
