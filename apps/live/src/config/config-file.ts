import { budgets } from "./budgets.ts";
import { jsonErrorPosition } from "./json-error-position.ts";
import { isPath } from "./setting-types.ts";
import { readSmallFile } from "./small-file.ts";
import { UserError } from "./user-error.ts";

/**
 * Reads the JSON object in a settings file. Errors never quote the file: it may contain passwords.
 * @throws {UserError} naming the file and, for invalid JSON, line and column.
 */
export function readConfigFile(path: string): Readonly<Record<string, unknown>> {
  if (!isPath(path)) throw new UserError("--config: the value is not a path");
  const bytes = readSmallFile("config", path, budgets.configFile.bytes);
  // TextDecoder removes a UTF-8 byte order mark.
  const text = new TextDecoder().decode(bytes);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    const { line, column } = jsonErrorPosition(text);
    throw new UserError(`--config: ${path}: invalid JSON at line ${line}, column ${column}`);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content))
    throw new UserError(`--config: ${path} must contain one JSON object, e.g. {"port": 8123}`);
  return { ...content };
}
