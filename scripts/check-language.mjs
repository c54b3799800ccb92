// Refuses words that make comments and documents hard to read, British spelling, and prose beyond
// 100 columns. Prints what to write instead. The rules of style are in CONTRIBUTING.md.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Refused words and phrases (whole words, any case), and what to write instead. */
const phrases = [
  ["amiss", "wrong, failed"],
  ["anew", "again; a name says what happens: reset, reload"],
  ["asks? again", "retry, repeat the request"],
  ["begin of", "start of, prefix of"],
  ["begins? anew", "reset, restart"],
  ["be it (that|for|the)", "including, even if"],
  ["cannot be asked", "RPC fails, is unreachable"],
  ["close look", "refine"],
  ["conceivable", "possible; support (of a distribution)"],
  ["does not serve", "fails, is unavailable"],
  ["equals the node", "in sync with the node"],
  ["for ever", "forever, without limit"],
  ["goes on", "continues"],
  ["hear(s|d)?( of)?", "receive; onMessage"],
  ["held against", "compared with"],
  ["hold(s)? against", "compare with"],
  ["is said", "is reported, is shown"],
  ["it says so", "it reports this"],
  ["least level", "minimum level"],
  ["lets? go( of)?", "release, clear"],
  ["let go( of)?", "release, clear"],
  ["looks? after", "watch, check"],
  ["look(s|ed)? at all of", "poll, read all"],
  ["made-up", "synthetic, simulated"],
  ["may have strayed", "unverified"],
  ["mends?", "fix, repair"],
  ["most readers", "maximum number of clients"],
  ["moved on", "has news, has new transactions"],
  ["nobody", "no one; better, name the actor"],
  ["not all is well", "problems found"],
  ["of one's own", "custom, its own"],
  ["rather as", "prefer"],
  ["speaks? for", "supports"],
  ["takes? note( of)?", "record"],
  ["to be had", "available"],
  ["told", "reported, received"],
  ["taken for", "counted as, treated as"],
  ["under way", "running, in progress"],
  ["unfit(ness)?", "rejected; rejectionReason"],
  ["vouch(es|ed)?( for)?", "reliable, confirmed"],
  ["what came", "the messages, the transactions received"],
  ["whoever", "anyone who"],
];

/** Refused parts of words and names, and the American spelling. */
const spellings = [
  ["analyser", "analyzer"],
  ["artefact", "artifact"],
  ["behaviour", "behavior"],
  ["centre(?!d?Prior)|centred", "center"],
  ["colour", "color"],
  ["favour", "favor"],
  ["honour", "honor"],
  ["initialis", "initializ"],
  ["judgement", "judgment"],
  ["labelled(?!by)", "labeled"],
  ["licence", "license"],
  ["maximis|minimis(?!t)|optimis(?!t)|normalis|organis|recognis|serialis|summaris", "-ize, -ization"],
  ["neighbour", "neighbor"],
  ["\\bgrey", "gray"],
  ["\\bper cent\\b", "percent"],
];

/** Files that may contain these words, and why. */
const exceptions = new Map([["scripts/check-language.mjs", "the list itself"]]);

/** Documents made by a script, with one line per entry. */
const generated = new Set(["docs/contracts.md", "docs/accuracy.md"]);

const rules = [
  ...phrases.map(([pattern, use]) => ({
    pattern: new RegExp(`\\b(?:${pattern.replaceAll(" ", "\\s+")})\\b`, "gi"),
    use,
  })),
  ...spellings.map(([pattern, use]) => ({ pattern: new RegExp(pattern, "gi"), use })),
];

/** Prose ends here. */
const columns = 100;

/**
 * Lines of comments and of Markdown paragraphs that are too long. Code, tables, headings, generated
 * text and single words, such as addresses, may be longer.
 */
function longLines(file, text) {
  const found = [];
  let skipped = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (file.endsWith(".md")) {
      if (/^\s*(```|~~~)/.test(line) || /<!-- (begin|end): generated/.test(line)) skipped = !skipped;
      // Indented more than a list: code.
      if (/^(\s*[|<#!]| {6})/.test(line)) continue;
    } else {
      const comment = /^\s*(?:\/\/|\/\*\*|\*)( {1,2}\S.*)$/.exec(line)?.[1].trim();
      if (comment?.startsWith("@")) skipped = comment.startsWith("@example");
      if (comment === undefined) skipped = false;
      if (comment === undefined || /^(biome-ignore|@ts-)/.test(comment)) continue;
    }
    // A single word cannot be broken.
    const words = line
      .replace(/^\s*(?:\/\/|\/\*\*|\*|[-*+]|\d+\.) /, "")
      .replaceAll(/`[^`]*`|\[[^\]]*\]\([^)]*\)/g, "_");
    if (!skipped && line.length > columns && /\s/.test(words.trim())) found.push(index + 1);
  }
  return found;
}

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.mjs", "*.md"], {
  cwd: root,
  encoding: "utf8",
});
const found = [];
for (const file of files.split("\n").filter((name) => name !== "" && !exceptions.has(name))) {
  let text;
  try {
    text = readFileSync(`${root}/${file}`, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") continue; // deleted, but not committed yet
    throw error;
  }
  for (const { pattern, use } of rules)
    for (const { 0: word, index } of text.matchAll(pattern))
      found.push(`${file}:${text.slice(0, index).split("\n").length}: "${word.replaceAll(/\s+/g, " ")}": use ${use}`);
  if (generated.has(file) || file.endsWith("/CHANGELOG.md")) continue;
  for (const line of longLines(file, text)) found.push(`${file}:${line}: break prose at ${columns} columns`);
}
for (const line of found) console.error(line);
if (found.length > 0) {
  console.error(`${found.length} place(s) to rewrite; see "Language" in CONTRIBUTING.md`);
  process.exit(1);
}
console.log("language: no refused words, no long lines of prose");
