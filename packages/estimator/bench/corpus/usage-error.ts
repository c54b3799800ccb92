/** A wrong option or a folder that is not what it should be: one clear line, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
