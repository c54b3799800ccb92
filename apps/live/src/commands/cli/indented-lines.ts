/**
 * Breaks a text at spaces into lines.
 *
 * @param width columns of a line; a longer word stands alone
 * @param first start of the first line
 * @param rest start of the others
 */
export function indentedLines(text: string, width: number, first: string, rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(" ")) {
    const indent = lines.length === 0 ? first : rest;
    if (line !== indent && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest + word;
    } else line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}
