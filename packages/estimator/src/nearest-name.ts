/**
 * The name that was probably meant: at most three edits away, and no more than half its length,
 * ignoring case; or one that contains the given name or is contained in it.
 *
 * @returns null when none is near
 */
export function nearestName(given: string, names: readonly string[]): string | null {
  if (given.length > 64) return null;
  const lower = given.toLowerCase();
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const candidate = name.toLowerCase();
    const isPart = lower.length > 2 && (candidate.includes(lower) || lower.includes(candidate));
    const distance = isPart ? 1 : editDistance(lower, candidate);
    if (distance <= Math.min(3, candidate.length / 2) && distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Number of characters to insert, remove or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++)
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (from[i] === to[j] ? 0 : 1)));
    row = next;
  }
  return row[to.length]!;
}
