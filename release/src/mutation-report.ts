/** A change to the code that Stryker made, and whether a test noticed. */
export interface Mutant {
  /** Path from the repository's root. */
  readonly file: string;
  readonly line: number;
  /** Stryker's name of the change, e.g. `ConditionalExpression`. */
  readonly mutator: string;
  /** What was there and what took its place, each in one line. */
  readonly original: string;
  readonly replacement: string;
  /** Stryker's verdict: `Killed`, `Timeout`, `Survived`, `NoCoverage`, … */
  readonly status: string;
}

interface MutationReport {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string;
        readonly mutants: readonly {
          readonly mutatorName: string;
          readonly replacement?: string;
          readonly status: string;
          readonly location: Record<"start" | "end", { readonly line: number; readonly column: number }>;
        }[];
      }
    >
  >;
}

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

/** The mutants of Stryker's JSON report. @param folder that Stryker ran in, from the repository's root */
export function mutantsOf(report: string, folder: string): Mutant[] {
  const { files } = JSON.parse(report) as MutationReport;
  return Object.entries(files).flatMap(([name, { source, mutants }]) => {
    const starts = [0];
    for (const line of source.split("\n")) starts.push((starts.at(-1) as number) + line.length + 1);
    const offset = ({ line, column }: { line: number; column: number }): number =>
      (starts[line - 1] as number) + column - 1;
    return mutants.map(({ mutatorName, replacement = "", status, location: { start, end } }) => ({
      file: `${folder}/${name}`,
      line: start.line,
      mutator: mutatorName,
      original: inOneLine(source.slice(offset(start), offset(end))),
      replacement: inOneLine(replacement),
      status,
    }));
  });
}

/** A survivor that makes no difference to a user, and why. */
export interface ExplainedMutant {
  /** The file's name alone. */
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  readonly why: string;
}

/**
 * The table rows of docs/mutation.md: file, what was there, what took its place, why no user feels it.
 * @throws Error when there is no such row
 */
export function explainedMutants(document: string): ExplainedMutant[] {
  const rows = [...document.matchAll(/^\| `([\w-]+\.ts)` \| (`+)(.+?)\2 \| (`+)(.*?)\4 \| (.+) \|$/gm)];
  if (rows.length === 0) throw new Error("no mutant is explained");
  const code = (text = ""): string => text.trim().replaceAll("\\|", "|");
  return rows.map(([, file = "", , original, , replacement, why = ""]) => ({
    file,
    original: code(original),
    replacement: code(replacement),
    why,
  }));
}
