/** Required parts of a published package's README, and how to recognize each. */
const parts: Readonly<Record<string, (readme: Readme) => boolean>> = {
  "its name as the title, and a line that says what it is": ({ text }) => /^# \S+\n\n.{40,}/.test(text),
  "a line to install or run it": ({ blocks }) =>
    blocks.some(({ language, text }) => language === "sh" && /^(npm install|npx utxoracle-live)/m.test(text)),
  "an example with its output": ({ blocks }) =>
    blocks.some(({ language, text }, index) =>
      language === "sh"
        ? blocks[index + 1]?.language === "text" && (blocks[index + 1]?.text ?? "").trim() !== ""
        : /^(js|ts)$/.test(language) && /console\.log\(.*\/\/ → /.test(text),
    ),
  "options, or that it has none": ({ sections }) =>
    sections.some(({ heading, text }) => /^Options\b/.test(heading) && (hasRows(text) || /^No options\b/m.test(text))),
  "errors, each with its meaning": ({ sections }) =>
    sections.some(({ heading, text }) => /^(Errors|Error codes)\b/.test(heading) && hasRows(text)),
  limits: ({ sections }) =>
    sections.some(
      ({ heading, text }) => /^(Limits|Non-goals|What it does not do)\b/.test(heading) && text.trim() !== "",
    ),
  compatibility: ({ sections }) =>
    sections.some(({ heading, text }) => heading === "Compatibility" && /Node\.js 20\.19/.test(text)),
  size: ({ text }) => readmeSize(text) !== null,
  license: ({ text }) => /MIT( licen[cs]e)?\.?$/.test(text.trimEnd()),
};

interface Readme {
  readonly text: string;
  readonly blocks: readonly { readonly language: string; readonly text: string }[];
  readonly sections: readonly { readonly heading: string; readonly text: string }[];
}

/** Whether a text has a table with at least one row. */
const hasRows = (text: string): boolean => /^\|[ |:-]+\|\n\| /m.test(text);

/** The packed and unpacked size in kB that a README states; null if it does not. */
export function readmeSize(text: string): { readonly packed: number; readonly unpacked: number } | null {
  const [, packed, unpacked] = /^Size: ([\d,]+) kB packed, ([\d,]+) kB unpacked/m.exec(text) ?? [];
  if (packed === undefined || unpacked === undefined) return null;
  const kilobytes = (digits: string): number => Number(digits.replaceAll(",", ""));
  return { packed: kilobytes(packed), unpacked: kilobytes(unpacked) };
}

/** The required parts that a README lacks. */
export function missingParts(text: string): string[] {
  const blocks = Array.from(text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm), ([, words = "", block = ""]) => ({
    language: words.split(" ")[0] ?? "",
    text: block,
  }));
  // A comment in a code block is not a heading.
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, "");
  const headings = [...prose.matchAll(/^(#+) (.*)$/gm)];
  const sections = headings.map((match, index) => {
    const [, marks = "", heading = ""] = match;
    // Including subsections.
    const next = headings.slice(index + 1).find(([, other = ""]) => other.length <= marks.length);
    return { heading, text: prose.slice(match.index + match[0].length, next?.index ?? prose.length) };
  });
  const readme = { text, blocks, sections };
  return Object.entries(parts)
    .filter(([, has]) => !has(readme))
    .map(([name]) => name);
}
