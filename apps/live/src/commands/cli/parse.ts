import { parseArgs } from "node:util";
import { unknownName } from "../../config/close-name.ts";
import { configVariable } from "../../config/load.ts";
import { isSwitch, type SettingName, settingNames, takesSetting, wrapIfSecret } from "../../config/schema.ts";
import type { Secret } from "../../config/secret.ts";
import { UserError } from "../../config/user-error.ts";
import { type CommandName, commands } from "./commands.ts";

const flagNames = ["help", "version", "config", ...settingNames];

/** Flags that take a value; all others are switches. */
const valueFlags: Record<string, { type: "string" }> = Object.fromEntries(
  ["config", ...settingNames.filter((name) => !isSwitch(name))].map((name) => [name, { type: "string" }]),
);

/** A parsed command line. */
export interface CommandLine {
  readonly command: CommandName;
  /** Arguments after the command that are not flags, e.g. the file of `replay`. */
  readonly operands: readonly string[];
  readonly flags: ReadonlyMap<SettingName, string | boolean | Secret>;
  readonly configPath: string | undefined;
  readonly action: "run" | "help" | "version";
  /** Command whose help is asked for; null: the program's. */
  readonly topic: CommandName | null;
}

/**
 * Parses `[COMMAND] [OPERAND…] [--flag VALUE | --flag=VALUE | --switch | --no-switch]…`.
 * @param words arguments after the program name.
 * @param env for `UTXORACLE_CONFIG`.
 * @throws {UserError} naming the flag, or only the position of a word that may be a password.
 */
export function parseCommandLine(words: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  // Not strict: its messages would repeat a word that may be a password.
  const { tokens } = parseArgs({
    args: [...words],
    options: valueFlags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operands: string[] = [];
  const flags = new Map<SettingName, string | boolean | Secret>();
  let configPath = configVariable(env);
  /** Position of the first operand, from 1. */
  let firstOperand = 0;
  let action: CommandLine["action"] = "run";

  for (const token of tokens) {
    if (token.kind === "positional" && operands.push(token.value) === 1) firstOperand = token.index + 1;
    if (token.kind !== "option") continue;
    const word = words[token.index] as string;
    if (word === "--help" || word === "-h") {
      action = "help";
      continue;
    }
    if (word === "--version" || word === "-v" || word === "-V") {
      action = "version";
      continue;
    }
    const isLong = word.startsWith("--");
    const name = isLong ? token.name : (word.slice(1).split("=", 1)[0] as string);
    const takeValue = (): string => {
      const { value, inlineValue } = token;
      if (value === undefined || (!inlineValue && value.startsWith("--")))
        throw new UserError(`--${name} needs a value (see utxoracle-live --help)`);
      return value;
    };
    if (isLong && name === "config") {
      configPath = takeValue();
      continue;
    }
    const negated = name.startsWith("no-") && (settingNames as string[]).includes(name.slice(3));
    const setting = (negated ? name.slice(3) : name) as SettingName;
    if (!isLong || !settingNames.includes(setting))
      throw new UserError(
        `${unknownName("flag", {
          typed: name,
          known: flagNames,
          position: `argument ${token.index + 1}`,
          prefix: "--",
          typedPrefix: isLong ? "--" : "-",
        })}; utxoracle-live --help lists the flags`,
      );
    if (isSwitch(setting)) flags.set(setting, token.value ?? !negated);
    else if (negated) throw new UserError(`--${name}: --${setting} is not a switch and needs a value`);
    else flags.set(setting, wrapIfSecret(setting, takeValue()));
  }

  const first = operands[0];
  const named = first !== undefined && Object.hasOwn(commands, first);
  if (first === "help") {
    const topic = operands[1];
    if (topic !== undefined && !Object.hasOwn(commands, topic))
      throw new UserError(
        `${unknownName("command", {
          typed: topic,
          known: Object.keys(commands),
          position: `argument ${words.indexOf(topic) + 1}`,
        })}; utxoracle-live --help lists the commands`,
      );
    return {
      command: "serve",
      topic: (topic as CommandName) ?? null,
      operands: [],
      flags,
      configPath,
      action: "help",
    };
  }
  if (first !== undefined && !named)
    throw new UserError(
      `${unknownName("command", {
        typed: first,
        known: Object.keys(commands),
        position: `argument ${firstOperand}`,
      })}; utxoracle-live --help lists the commands`,
    );
  const command: CommandName = named ? (first as CommandName) : "serve";
  if (action === "run")
    for (const setting of flags.keys())
      if (!takesSetting(command, setting))
        throw new UserError(`--${setting} is not a flag of ${command === "serve" ? "the service" : command}`);
  return {
    command,
    topic: named ? command : null,
    operands: named ? operands.slice(1) : operands,
    flags,
    configPath,
    action,
  };
}
