import { writeFileSync } from "node:fs";
import { ExitCode, UserError } from "../../config/user-error.ts";

/**
 * Writes a settings file for `--config`. Never replaces a file.
 * @throws {UserError} if the file exists or cannot be written.
 */
export function writeConfig(path: string, settings: Readonly<Record<string, unknown>>): void {
  try {
    writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`, { flag: "wx", mode: 0o644 });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EEXIST")
      throw new UserError(`--write-config: ${path} exists; choose another name, or remove it`, ExitCode.usage, {
        cause,
      });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`--write-config: ${path} cannot be written: ${reason}`, ExitCode.usage, { cause });
  }
}
