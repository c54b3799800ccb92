import { chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";

const OWNER_ONLY = 0o700;

/**
 * Creates a folder and its missing parents with mode 0700. Overrides the umask, which could leave a
 * folder that the next start cannot use. Does not use `recursive`: that never returns for a path in
 * which no folder can be created, such as /proc.
 * @throws what the file system throws.
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
