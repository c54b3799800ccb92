/** Longer names are not compared: the cost grows with the length. Must exceed every known name. */
const COMPARED_LENGTH_MAX = 64;
/** Maximum edit distance of a typo. A name farther away may be a value in the wrong place. */
const TYPO_DISTANCE = 2;

/** A known name that is similar to the typed one. */
export interface CloseName {
  readonly name: string;
  /** Whether the typed name is a typo of the known one, and so is safe to print. */
  readonly isTypo: boolean;
}

/** @returns the closest known name; null when none is close. */
export function closeName(typed: string, known: readonly string[]): CloseName | null {
  if (typed.length > COMPARED_LENGTH_MAX) return null;
  let best: string | null = null;
  // A distance equal to the length means that no character matches.
  let bestDistance = Math.min(typed.length, Math.max(TYPO_DISTANCE, Math.floor(typed.length / 3)) + 1);
  for (const candidate of known) {
    const distance = editDistance(typed, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best === null ? null : { name: best, isTypo: bestDistance <= TYPO_DISTANCE };
}

interface UnknownName {
  /** The typed name without its prefix. */
  readonly typed: string;
  readonly known: readonly string[];
  /** Position of the typed name, e.g. `argument 3`. */
  readonly position: string;
  /** Prefix of the known names, e.g. `--`. Default none. */
  readonly prefix?: string;
  /** Prefix of the typed name. Default `prefix`. */
  readonly typedPrefix?: string;
}

/**
 * Error text for an unknown name. The typed name may be a password in the wrong place, so the text
 * contains it only if it is a typo of a known name, and else its position.
 */
export function unknownName(what: string, name: UnknownName): string {
  const { typed, known, position, prefix = "", typedPrefix = prefix } = name;
  const close = closeName(typed, known);
  if (close === null) return `unknown ${what} (${position})`;
  const meant = `did you mean ${prefix}${close.name}?`;
  return close.isTypo ? `unknown ${what} ${typedPrefix}${typed} (${meant})` : `unknown ${what} (${position}; ${meant})`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(
        Math.min(
          (previous[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    previous = row;
  }
  return previous[b.length] ?? 0;
}
