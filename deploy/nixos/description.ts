import { isSwitch, settingNames, settingSchema, takesSetting } from "../../apps/live/src/config/schema.ts";
import { isSecretSetting } from "../../apps/live/src/config/setting-types.ts";
import { text } from "../test/repository.ts";

/** A setting as an option of the NixOS module. */
export interface NixosFlag {
  readonly type: "bool" | "number" | "str" | "list";
  readonly description: string;
}

/** Settings of the service by name, without passwords: the Nix store is readable by everyone. */
export function nixosFlags(): Record<string, NixosFlag> {
  const flags: Record<string, NixosFlag> = {};
  for (const name of settingNames) {
    const schema = settingSchema(name);
    if (!takesSetting("serve", name) || isSecretSetting(schema)) continue;
    const { default: value, defaultText } = schema;
    const shown = defaultText ?? (isSwitch(name) ? "false" : value === undefined ? null : String(value));
    flags[name] = {
      type: isSwitch(name)
        ? "bool"
        : schema["type"] === "array"
          ? "list"
          : schema["type"] === "integer" || schema["type"] === "number"
            ? "number"
            : "str",
      description: `${schema.description ?? ""}${shown === null ? "" : ` (default: ${shown})`}`,
    };
  }
  return flags;
}

/** `[Service]` of the systemd unit: a list for a name that occurs several times. */
export function unitSettings(): Record<string, string | string[]> {
  const [, section = ""] = /\[Service\]\n([\s\S]*?)\n\[/.exec(text("deploy/systemd/utxoracle-live.service")) ?? [];
  const settings: Record<string, string | string[]> = {};
  for (const line of section.split("\n")) {
    const [, name, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    // The module has its own program and settings file.
    if (name === undefined || name === "ExecStart" || name === "Environment") continue;
    const before = settings[name];
    settings[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return settings;
}
