import {
  isSwitch,
  type SettingName,
  settingNames,
  settingSchema,
  takesSetting,
  variableOf,
} from "../../config/schema.ts";
import { type CommandName, commands } from "./commands.ts";
import { indentedLines } from "./indented-lines.ts";
import { groupOf, groupTitles, type SettingGroup } from "./setting-groups.ts";

const WIDTH = 80;
/** Column of the descriptions. A longer flag has its description on the next line. */
const DESCRIPTION_COLUMN = 28;

/**
 * The text of `--help`, from the settings schema. With a command: only the flags of that command.
 */
export function helpText(command?: CommandName): string {
  const lines = ["utxoracle-live: live US dollar price of bitcoin from your own node", "", "Usage:"];
  const shown = command === undefined ? Object.values(commands) : [commands[command]];
  for (const { usage, summary } of shown)
    lines.push(...indented(usage, "  ", "      "), ...indented(summary, "      "));
  lines.push("", "Examples:");
  const examples = command === undefined ? shown.map((each) => each.examples[0]) : (shown[0]?.examples ?? []);
  for (const [words, does] of examples) {
    lines.push(...indented(`utxoracle-live ${words}`.trimEnd(), "  ", "      "));
    lines.push(...indented(does, "      "));
  }
  const taken = settingNames.filter((setting) => command === undefined || takesSetting(command, setting));
  for (const group of Object.keys(groupTitles) as SettingGroup[]) {
    const members = taken.filter((name) => groupOf(name) === group);
    if (members.length === 0) continue;
    const title = group === "command" && command !== undefined ? "Command" : groupTitles[group];
    lines.push("", `${title} [default]:`);
    for (const name of members) {
      const only = command === undefined ? commandsOf(name) : "";
      lines.push(...flagLines(flagText(name), `${settingSchema(name).description ?? ""}${defaultText(name)}${only}`));
    }
  }
  lines.push("", "All commands:");
  for (const [flag, text] of [
    ["--config FILE", "JSON file of settings; keys are flag names without --"],
    ["-h, --help", "print this text; after a command: its flags and examples"],
    ["-v, --version", "print the version"],
  ] as const)
    lines.push(...flagLines(flag, text));
  lines.push(
    "",
    ...(command === undefined ? ["utxoracle-live help COMMAND prints the flags and examples of one command."] : []),
    `Every flag has an environment variable: --log-level is ${variableOf("log-level")}.`,
    "Precedence: flags, variables, the file of --config, defaults.",
    "Exit codes: 0 done or stopped by a signal, 1 failed, 2 wrong usage or settings,",
    "3 node not reachable.",
  );
  return `${lines.join("\n")}\n`;
}

const flagText = (name: SettingName): string =>
  isSwitch(name) ? `--${name}` : `--${name} ${settingSchema(name).metavar ?? "VALUE"}`;

function defaultText(name: SettingName): string {
  const { default: value, defaultText: text } = settingSchema(name);
  if (isSwitch(name)) return "";
  if (text !== undefined) return ` [${text}]`;
  return value === undefined ? "" : ` [${String(value)}]`;
}

function commandsOf(name: SettingName): string {
  const all = Object.keys(commands);
  const taking = all.filter((command) => takesSetting(command, name));
  return taking.length === all.length || taking.includes("serve") ? "" : ` (${taking.join(", ")})`;
}

function flagLines(flag: string, description: string): string[] {
  const head = `  ${flag}`.padEnd(DESCRIPTION_COLUMN);
  const rest = " ".repeat(DESCRIPTION_COLUMN);
  return head.endsWith("  ") ? indented(description, head, rest) : [head.trimEnd(), ...indented(description, rest)];
}

const indented = (text: string, first: string, rest = first): string[] => indentedLines(text, WIDTH, first, rest);
