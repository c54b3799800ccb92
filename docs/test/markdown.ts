import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { repositoryFiles } from "@utxoracle/testkit";
import GithubSlugger from "github-slugger";

/** The repository's root. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Every markdown file of the repository, by its path from the root. */
export function markdownFiles(): string[] {
  return repositoryFiles().filter((path) => path.endsWith(".md"));
}

/** A file's text without code and comments, to search for links. */
export function prose(markdown: string): string {
  return markdown
    .replaceAll(/^(`{3,}|~{3,})[\s\S]*?^\1[ \t]*$/gm, "")
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .replaceAll(/(`+)[^`][\s\S]*?\1/g, (code) => code.replaceAll(/[[\]()]/g, " "));
}

/** Targets of links, images and references. */
export function linkTargets(markdown: string): string[] {
  const text = prose(markdown);
  return [
    ...[...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map((match) => match[1] ?? ""),
    ...[...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map((match) => match[1] ?? ""),
    ...[...text.matchAll(/<(?:a|img)\b[^>]*?(?:href|src)="([^"]+)"/g)].map((match) => match[1] ?? ""),
  ];
}

/** The anchors of a file's headings on GitHub. */
export function anchors(markdown: string): Set<string> {
  const slugger = new GithubSlugger();
  const withoutCode = markdown.replaceAll(/^(`{3,}|~{3,})[\s\S]*?^\1[ \t]*$/gm, "");
  return new Set(
    [...withoutCode.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map((match) =>
      slugger.slug((match[1] ?? "").replaceAll(/`/g, "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")),
    ),
  );
}

export const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");
