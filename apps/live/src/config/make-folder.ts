import { chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/** Its owner may list, read and write; all others have no access. */
const OWNER_ONLY = 0o700;

/**
 * Makes a folder, and those above it that are missing, for this user alone. The umask does not count: it could leave
 * a folder that the next start cannot use.
 * @throws what the file system throws; `mkdir` with `recursive` does not end where a folder can never be made (/proc).
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, OWNER_ONLY);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, OWNER_ONLY);
  }
  await chmod(path, OWNER_ONLY);
}
