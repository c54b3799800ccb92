/** What a coverage report in Istanbul's form says of one file; of that, what is read here. */
export interface FileCoverage {
  readonly branchMap: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly loc: { readonly start: { readonly line?: number | null } };
        readonly locations: readonly { readonly start: { readonly line?: number | null } }[];
      }
    >
  >;
  readonly b: Readonly<Record<string, readonly number[]>>;
}

/** How often each branch of a file was taken, by a name that is the same wherever the file was run. */
export type Branches = Map<string, number>;

/**
 * The branches of a file. Each is named by the line of its statement, the kind, and its number among those of that line:
 * columns are not the same in what Node.js and in what a browser is given to run.
 */
export function branchesOf({ branchMap, b }: FileCoverage): Branches {
  const branches: Branches = new Map();
  const perLine = new Map<string, number>();
  for (const [id, { type, loc }] of Object.entries(branchMap)) {
    const place = `${loc.start.line}:${type}`;
    const number = perLine.get(place) ?? 0;
    perLine.set(place, number + 1);
    for (const [way, taken] of (b[id] ?? []).entries()) branches.set(`${place}:${number}:${way}`, taken);
  }
  return branches;
}

/** Adds what was taken elsewhere. */
export function addBranches(to: Branches, more: Branches): void {
  for (const [name, taken] of more) to.set(name, (to.get(name) ?? 0) + taken);
}

/** Line of a branch that is named as {@link branchesOf} does. */
export const lineOf = (branch: string): number => Number.parseInt(branch, 10);
