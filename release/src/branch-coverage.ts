/** The used part of one file's entry in an Istanbul coverage report. */
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

/** How often each branch of a file was taken, by a name that is independent of the environment. */
export type Branches = Map<string, number>;

/**
 * The branches of a file, named by line, kind and number within the line: columns differ between
 * Node.js and browsers.
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

/** Adds the counts of another run. */
export function addBranches(to: Branches, more: Branches): void {
  for (const [name, taken] of more) to.set(name, (to.get(name) ?? 0) + taken);
}

/** Line of a branch named by {@link branchesOf}. */
export const lineOf = (branch: string): number => Number.parseInt(branch, 10);
