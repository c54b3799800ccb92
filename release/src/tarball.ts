import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Tar's block size: one header, and the padding of file contents. */
const RECORD_BYTES = 512;

/**
 * The files of a package's tarball (ustar, from `pnpm pack`) by path, e.g. `package/package.json`.
 */
export function tarballFiles(path: string): Map<string, Buffer> {
  const tar = gunzipSync(readFileSync(path));
  const files = new Map<string, Buffer>();
  for (let place = 0; tar[place] !== 0 && place < tar.length; ) {
    const text = (from: number, length: number): string =>
      tar.toString("utf8", place + from, place + from + length).replace(/\0.*$/s, "");
    const bytes = Number.parseInt(text(124, 12), 8);
    const content = place + RECORD_BYTES;
    const folder = text(345, 155);
    if (text(156, 1) === "0")
      files.set(folder === "" ? text(0, 100) : `${folder}/${text(0, 100)}`, tar.subarray(content, content + bytes));
    place = content + Math.ceil(bytes / RECORD_BYTES) * RECORD_BYTES;
  }
  return files;
}
