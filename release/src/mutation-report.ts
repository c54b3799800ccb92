/** A mutant: a change that Stryker made to the code, and whether a test detected it. */
export interface Mutant {
  /** Path from the repository's root. */
  readonly file: string;
  readonly line: number;
  /** Stryker's name of the change, e.g. `ConditionalExpression`. */
  readonly mutator: string;
  /** The code before and after, each on one line. */
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

/** Reads Stryker's JSON report. @param folder where Stryker ran, from the repository's root */
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
