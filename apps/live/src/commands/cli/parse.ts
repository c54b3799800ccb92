import { unknownName } from "../../config/close-name.ts";
import { configVariable } from "../../config/load.ts";
import { isSwitch, type SettingName, settingNames, takesSetting, wrapIfSecret } from "../../config/schema.ts";
import type { Secret } from "../../config/secret.ts";
import { UserError } from "../../config/user-error.ts";
import { type CommandName, commands } from "./commands.ts";

const flagNames = ["help", "version", "config", ...settingNames];

/** A parsed command line. */
export interface CommandLine {
  readonly command: CommandName;
  /** Arguments after the command that are not flags, e.g. the file of `replay`. */
  readonly operands: readonly string[];
  readonly flags: ReadonlyMap<SettingName, string | boolean | Secret>;
  readonly configPath: string | undefined;
  readonly action: "run" | "help" | "version";
}

/**
 * Parses `[COMMAND] [OPERAND…] [--flag VALUE | --flag=VALUE | --switch | --no-switch]…`.
 * @param words arguments after the program name.
 * @param env for `UTXORACLE_CONFIG`.
 * @throws {UserError} naming the flag, or only the position of a word that may be a password.
 */
export function parseCommandLine(words: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  const operands: string[] = [];
  const flags = new Map<SettingName, string | boolean | Secret>();
  let configPath = configVariable(env);
  /** Position of the first operand, from 1. */
  let firstOperand = 0;
  let action: CommandLine["action"] = "run";
  let flagsEnded = false;

  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (flagsEnded || !word.startsWith("-") || word === "-") {
      if (operands.push(word) === 1) firstOperand = index + 1;
      continue;
    }
    if (word === "--") {
      flagsEnded = true;
      continue;
    }
    if (word === "--help" || word === "-h") {
      action = "help";
      continue;
    }
    if (word === "--version" || word === "-V") {
      action = "version";
      continue;
    }
    const [name, inline] = splitFlag(word);
    const takeValue = (): string => {
      const value = inline ?? words[++index];
      if (value === undefined || (inline === undefined && value.startsWith("--")))
        throw new UserError(`--${name} needs a value (see utxoracle-live --help)`);
      return value;
    };
    if (name === "config") {
      configPath = takeValue();
      continue;
    }
    const negated = name.startsWith("no-") && (settingNames as string[]).includes(name.slice(3));
    const setting = (negated ? name.slice(3) : name) as SettingName;
    if (!word.startsWith("--") || !settingNames.includes(setting))
      throw new UserError(
        `${unknownName("flag", {
          typed: name,
          known: flagNames,
          position: `argument ${index + 1}`,
          prefix: "--",
          typedPrefix: word.startsWith("--") ? "--" : "-",
        })}; utxoracle-live --help lists the flags`,
      );
    if (isSwitch(setting)) flags.set(setting, inline ?? !negated);
    else if (negated) throw new UserError(`--${name}: --${setting} is not a switch and needs a value`);
    else flags.set(setting, wrapIfSecret(setting, takeValue()));
  }

  const first = operands[0];
  const named = first !== undefined && Object.hasOwn(commands, first);
  if (first === "help") return { command: "service", operands: [], flags, configPath, action: "help" };
  if (first !== undefined && !named)
    throw new UserError(
      `${unknownName("command", {
        typed: first,
        known: Object.keys(commands),
        position: `argument ${firstOperand}`,
      })}; utxoracle-live --help lists the commands`,
    );
  const command: CommandName = named ? (first as CommandName) : "service";
  if (action === "run")
    for (const setting of flags.keys())
      if (!takesSetting(command, setting))
        throw new UserError(`--${setting} is not a flag of ${command === "service" ? "the service" : command}`);
  return { command, operands: named ? operands.slice(1) : operands, flags, configPath, action };
}

function splitFlag(word: string): [name: string, inline: string | undefined] {
  const bare = word.replace(/^--?/, "");
  const equals = bare.indexOf("=");
  return equals < 0 ? [bare, undefined] : [bare.slice(0, equals), bare.slice(equals + 1)];
}
