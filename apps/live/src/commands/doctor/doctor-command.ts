import { isAbsolute, resolve } from "node:path";
import { type LoadedSettings, loadSettings } from "../../config/load.ts";
import { type Machine, nodeAccess } from "../../config/node-access.ts";
import { type SettingName, settingSchema, takesSetting, variableOf } from "../../config/schema.ts";
import { Secret } from "../../config/secret.ts";
import type { ExitCode } from "../../config/user-error.ts";
import type { CommandLine } from "../cli/parse.ts";
import { diagnose } from "./diagnose.ts";
import { confPathOf, locateNode } from "./locate-node.ts";
import { diagnosisJson, diagnosisText } from "./report.ts";
import { type Invocation, programCommand, startCommand } from "./start-command.ts";
import { writeConfig } from "./write-config.ts";

export interface DoctorOptions {
  readonly line: CommandLine;
  readonly loaded: LoadedSettings;
  readonly machine: Machine;
  readonly stdout: NodeJS.WriteStream;
  readonly invocation: Invocation;
}

/** Checks the node, prints the report, and writes a settings file if asked to. */
export async function doctorCommand(options: DoctorOptions): Promise<ExitCode> {
  const { line, loaded, machine, stdout, invocation } = options;
  const { settings, found, dataFolder } = await locateNode(loaded, machine);
  const access = nodeAccess(settings, machine);
  try {
    const diagnosis = await diagnose(access, settings.chain ?? null, () => Date.now() / 1000);
    const used = [...loaded.given]
      .filter((name) => takesSetting("serve", name) && !name.startsWith("log-"))
      .concat(found);
    const config = settings["write-config"];
    const values = new Map<SettingName, unknown>();
    const secretVariables: string[] = [];
    for (const name of used) {
      const value = settings[name];
      if (value instanceof Secret) secretVariables.push(variableOf(name));
      // A service manager starts the service in another folder.
      else if (typeof value === "string" && settingSchema(name)["format"] === "path")
        values.set(name, isAbsolute(value) ? value : resolve(value));
      else values.set(name, value);
    }
    if (config !== undefined && (diagnosis.ok || diagnosis.answers)) writeConfig(config, Object.fromEntries(values));
    const isWritten = config !== undefined && (diagnosis.ok || diagnosis.answers);
    const typed = [...values].filter(([name]) => line.flags.has(name) || found.includes(name));
    const flags: [SettingName | "config", string][] =
      config !== undefined && isWritten
        ? [["config", config]]
        : [
            ...(line.configPath === undefined ? [] : [["config", line.configPath] as [SettingName | "config", string]]),
            ...typed.map(([name, value]): [SettingName, string] => [name, String(value)]),
          ];
    const isElsewhere = !diagnosis.answers && access.node !== null && dataFolder === null;
    const other = isElsewhere ? await locateNode(loadSettings("doctor", new Map(), {}, undefined), machine) : null;
    const context = {
      startCommand: startCommand(programCommand(invocation), flags),
      secretVariables,
      dataFolder,
      otherDataFolder: other?.dataFolder ?? null,
      confPath: confPathOf(settings, machine),
      written: isWritten ? config : null,
    };
    const style = stdout.isTTY ? { color: !invocation.env["NO_COLOR"], width: stdout.columns } : {};
    stdout.write(settings.json ? diagnosisJson(diagnosis, context) : diagnosisText(diagnosis, context, style));
    return diagnosis.exitCode;
  } finally {
    access.node?.close();
  }
}
