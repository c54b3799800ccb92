import { basename, relative } from "node:path";
import type { SettingName } from "../../config/schema.ts";

/** How the program was started, from `process`. */
export interface Invocation {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** The command that starts this program again, without arguments. */
export function programCommand({ argv, env, cwd }: Invocation): string {
  const script = argv[1] ?? "utxoracle-live";
  if (env["npm_lifecycle_event"] === "doctor") return "npm run live --";
  if (basename(script) === "utxoracle-live")
    return env["npm_command"] === "exec" ? "npx utxoracle-live" : "utxoracle-live";
  const near = relative(cwd, script);
  return `node ${quoted(near.startsWith("..") ? script : near)}`;
}

/**
 * The command that starts the service.
 * @param options flags with their values, which must not be passwords.
 */
export function startCommand(
  program: string,
  options: readonly (readonly [name: SettingName | "config", value: string])[],
): string {
  const words = options.flatMap(([name, value]) => [`--${name}`, quoted(value)]);
  if (words.length === 0) return program.replace(/ --$/, "");
  return `${program} ${words.join(" ")}`;
}

/** A word for a POSIX shell. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
