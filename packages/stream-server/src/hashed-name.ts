const NAME_CHARACTER = /[A-Za-z0-9_-]/;
const EXTENSION = /^[a-z0-9]+$/;
const HASH_LENGTH_MIN = 8;

/**
 * Whether a file name contains a content hash as added by bundlers, e.g.
 * `assets/index-Bq3xK9f_.js`. Such files never change. A lowercase word of eight letters does not
 * count as a hash.
 */
export function isHashedName(name: string): boolean {
  const dot = name.lastIndexOf(".");
  if (!name.startsWith("assets/") || !EXTENSION.test(name.slice(dot + 1))) return false;
  let start = dot;
  while (NAME_CHARACTER.test(name.charAt(start - 1))) start -= 1;
  const word = name.slice(start, dot);
  // The hash follows a dot or the first hyphen.
  const hash = name[start - 1] === "." ? word : word.slice(word.indexOf("-") + 1);
  const isSeparated = hash !== word || name[start - 1] === ".";
  return isSeparated && hash.length >= HASH_LENGTH_MIN && /[A-Z0-9_]/.test(hash);
}
