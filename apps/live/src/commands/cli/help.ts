import {
  isSwitch,
  type SettingName,
  settingNames,
  settingSchema,
  takesSetting,
  variableOf,
} from "../../config/schema.ts";
import { type CommandName, commands } from "./commands.ts";

/** The text of `--help`, made from the settings' schema. With a command, only the flags that it takes. */
export function helpText(command?: CommandName): string {
  const lines = ["utxoracle-live: the dollar price of bitcoin from your own node alone", "", "Usage:"];
  const shown = command === undefined ? Object.values(commands) : [commands[command]];
  // Below it, not beside it: the longest usage fills a terminal's line by itself.
  for (const entry of shown) lines.push(`  ${entry.usage}`, `      ${entry.summary}`);
  lines.push("", "Flags (over variables UTXORACLE_*, over the file of --config, over the defaults in brackets):");
  const names = settingNames.filter((name) => command === undefined || takesSetting(command, name));
  const flagWidth = Math.max(...names.map((name) => flagText(name).length));
  for (const name of names) {
    const only = command === undefined ? commandsOf(name) : "";
    lines.push(
      `  ${flagText(name).padEnd(flagWidth)}  ${settingSchema(name).description ?? ""}${defaultText(name)}${only}`,
    );
  }
  for (const [flag, text] of [
    ["--config FILE", "a JSON file of settings, keys named like the flags"],
    ["--help", "this text; after a command, its flags"],
    ["--version", "the version"],
  ] as const)
    lines.push(`  ${flag.padEnd(flagWidth)}  ${text}`);
  lines.push(
    "",
    `A flag's variable is its name in capitals: --zmq-rawtx is ${variableOf("zmq-rawtx")}.`,
    "Exit codes: 0 done or stopped by a signal, 1 failed, 2 wrong usage or settings, 3 node not reachable.",
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
  return taking.length === all.length || taking.includes("service") ? "" : ` (${taking.join(", ")})`;
}
