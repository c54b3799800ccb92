import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/**
 * Creates a folder for a test file, removed afterwards.
 *
 * @returns a function that returns the path of a file in it
 */
export function temporaryFolder(): (name: string) => string {
  let folder = "";
  let made = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "zmq-source-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return (name) => join(folder, `${made++}-${name}`);
}
