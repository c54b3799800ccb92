import { parseCommandLine } from "../src/commands/cli/parse.ts";
import { priceCommand } from "../src/commands/price/price-command.ts";
import { loadSettings } from "../src/config/load.ts";
import { UserError } from "../src/config/user-error.ts";
import { cleanEnvironment } from "./e2e/service-process.ts";

/**
 * Runs `price` in this process, which spares the start of a program. Only for what ends before an
 * estimate: the workers that estimate are in the built program.
 */
export async function runPriceHere(
  words: readonly string[],
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const written = { stdout: "", stderr: "" };
  const terminal = (name: "stdout" | "stderr") => ({
    isTTY: false,
    write: (text: string): boolean => {
      written[name] += text;
      return true;
    },
  });
  try {
    const env = cleanEnvironment();
    const line = parseCommandLine(["price", ...words], env);
    const exitCode = await priceCommand({
      ...loadSettings(line.command, line.flags, env, line.configPath),
      machine: { platform: process.platform, appData: undefined, localAppData: undefined, home: "/nowhere" },
      stdout: terminal("stdout"),
      stderr: terminal("stderr"),
      signal: new AbortController().signal,
      now: () => Date.now() / 1000,
    });
    return { ...written, exitCode };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...written, exitCode: error.exitCode, stderr: `${written.stderr}utxoracle-live: ${error.message}\n` };
  }
}
