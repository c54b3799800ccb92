import { commands } from "../src/commands/cli/commands.ts";
import { isSwitch, type SettingName, settingSchema, takesSetting, variableOf } from "../src/config/schema.ts";

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

function defaultOf(name: SettingName): string {
  const { default: value, defaultText } = settingSchema(name);
  if (defaultText !== undefined) return defaultText;
  if (isSwitch(name)) return "off";
  return value === undefined ? "none" : code(String(value));
}

/** Row of a setting in the README: flag, variable, default, description, commands. */
export function settingRow(name: SettingName): string {
  const { metavar, description } = settingSchema(name);
  const all = Object.keys(commands);
  const taking = all.filter((command) => takesSetting(command, name));
  const flag = code(isSwitch(name) ? `--${name}` : `--${name} ${metavar}`);
  const takenBy = taking.length === all.length ? "all" : taking.join(", ");
  return `| ${flag} | ${code(variableOf(name))} | ${defaultOf(name)} | ${description} | ${takenBy} |`;
}
