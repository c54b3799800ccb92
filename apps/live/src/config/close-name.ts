/** Longer names are not compared: the cost grows with the length, and no known name is that long. */
const COMPARED_LENGTH_MAX = 64;
/** A name this close to a known one is a typing error, not a value in the wrong place. */
const TYPO_DISTANCE = 2;

/** The known name that was probably meant. */
export interface CloseName {
  readonly name: string;
  /** Whether what was typed is safe to repeat: it differs from the known name in two characters at most. */
  readonly isTypo: boolean;
}

/** The closest of the known names; null when none is close. */
export function closeName(typed: string, known: readonly string[]): CloseName | null {
  if (typed.length > COMPARED_LENGTH_MAX) return null;
  let best: string | null = null;
  // A name that shares no character was not meant.
  let bestDistance = Math.min(typed.length, Math.max(TYPO_DISTANCE, Math.floor(typed.length / 3)) + 1);
  for (const candidate of known) {
    const distance = editDistance(typed, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best === null ? null : { name: best, isTypo: bestDistance <= TYPO_DISTANCE };
}

interface UnknownName {
  /** Without its prefix. */
  readonly typed: string;
  readonly known: readonly string[];
  /** Where it stands, like `argument 3`. */
  readonly position: string;
  /** What is written before the known names, like `--`. */
  readonly prefix?: string;
  /** What was written before this one; default as before the known names. */
  readonly typedPrefix?: string;
}

/**
 * Says that a name is unknown. What was typed may be a password in the wrong place, so it is repeated only when it is a
 * typing error of a known name; otherwise its position is given.
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
