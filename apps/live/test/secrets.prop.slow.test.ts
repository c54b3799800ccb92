import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { parseCommandLine } from "../src/commands/cli/parse.ts";
import { loadSettings } from "../src/config/load.ts";
import { type SettingName, settingNames, settingSchema, variableOf } from "../src/config/schema.ts";
import { isSecretSetting } from "../src/config/setting-types.ts";
import { createLogger } from "../src/logging/create-logger.ts";

// A secret in any setting, from any source, is never printed.

const folder = mkdtempSync(join(tmpdir(), "secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));
const configPath = join(folder, "config.json");

/** Output of the program for some settings: the error, or a log line with all of them. */
function printed(words: readonly string[], env: NodeJS.ProcessEnv = {}, config?: string): string {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  if (config !== undefined) writeFileSync(configPath, config);
  try {
    const line = parseCommandLine(config === undefined ? words : ["--config", configPath, ...words], env);
    const loaded = loadSettings(line.command, line.flags, env, line.configPath);
    lines.push(inspect(line, { depth: 9, showHidden: true }), JSON.stringify([...line.flags]));
    lines.push(inspect(loaded, { depth: 9, showHidden: true }), JSON.stringify(loaded.settings));
    for (const format of ["json", "pretty"] as const) {
      const log = createLogger({ format, level: "debug", stream });
      log.info({ settings: loaded.settings, flags: [...line.flags] }, "settings");
      for (const sentence of loaded.variableWarnings) log.warn(sentence);
    }
  } catch (error) {
    lines.push(inspect(error, { depth: 9, showHidden: true }), (error as Error).message);
    // Stack and causes printed by inspect contain only code of this test.
    createLogger({ format: "json", level: "debug", stream }).error({ err: error }, "failed");
  }
  return lines.join("\n");
}

const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%&()*+,;<=>?^_{|}~".split("");
/** Long enough not to appear in a message by chance, with all kinds of characters. */
const secrets = fc.string({ unit: fc.constantFrom(...characters), minLength: 8, maxLength: 40 });
const secretNames = settingNames.filter((name) => isSecretSetting(settingSchema(name)));
/** Settings with free text that messages show: names and paths. */
const shown: readonly SettingName[] = settingNames.filter((name) => {
  const schema = settingSchema(name);
  return schema["format"] === "path" || /name$|-user$|^host$/.test(name);
});
const checkedNames = settingNames.filter((name) => !shown.includes(name));

/** A random insertion, deletion, swap or replacement. */
const misspelled = fc
  .tuple(fc.constantFrom(...secretNames), fc.nat(), fc.constantFrom("drop", "double", "swap", "case"))
  .map(([name, at, how]) => {
    const index = at % (name.length - 1);
    const [before, one, two, after] = [name.slice(0, index), name[index]!, name[index + 1]!, name.slice(index + 2)];
    if (how === "drop") return before + two + after;
    if (how === "double") return before + one + one + two + after;
    return how === "swap" ? before + two + one + after : before + one.toUpperCase() + two + after;
  });

const holds = (text: string, secret: string): boolean =>
  text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)) || text.includes(encodeURI(secret));

function expectHidden(secret: string, text: string): void {
  expect(text).not.toBe("");
  expect(holds(text, secret), text).toBe(false);
}

describe("a secret is never printed", () => {
  it("in a secret setting", () => {
    fc.assert(
      fc.property(secrets, fc.constantFrom(...secretNames), (secret, name) => {
        const partner = name === "rpc-password" ? { "rpc-user": "u" } : {};
        const env = Object.fromEntries(
          Object.entries(partner).map(([key, value]) => [variableOf(key as "rpc-user"), value]),
        );
        expectHidden(secret, printed([`--${name}=${secret}`], env));
        expectHidden(secret, printed([`--${name}`, secret], env));
        expectHidden(secret, printed([], { ...env, [variableOf(name)]: secret }));
        expectHidden(secret, printed([], env, JSON.stringify({ [name]: secret })));
        expectHidden(secret, printed([], env, JSON.stringify({ [name]: [secret], port: { secret } })));
      }),
    );
  });

  it("in another setting", () => {
    fc.assert(
      fc.property(secrets, fc.constantFrom(...checkedNames), (secret, name) => {
        expectHidden(secret, printed([`--${name}=${secret}`]));
        expectHidden(secret, printed([], { [variableOf(name)]: secret }));
        expectHidden(secret, printed([], {}, JSON.stringify({ [name]: secret })));
        expectHidden(secret, printed([], {}, JSON.stringify({ [name]: { [secret]: secret } })));
      }),
    );
  });

  it("as the password in a URL, in any setting", () => {
    const schemes = fc.constantFrom("http://", "https://", "tcp://", "nats://", "tls://", "ftp://", "");
    fc.assert(
      fc.property(secrets, schemes, fc.constantFrom(...settingNames), (secret, scheme, name) => {
        fc.pre(!/name$|(bus|mqtt)-user$/.test(name));
        const address = `${scheme}u:${secret}@127.0.0.1:8332`;
        expectHidden(secret, printed([`--${name}`, address]));
        expectHidden(secret, printed([], { [variableOf(name)]: address }));
        expectHidden(secret, printed([], {}, JSON.stringify({ [name]: address })));
        expectHidden(secret, printed(["--config", address]));
      }),
    );
  });

  it("under a misspelled name", () => {
    fc.assert(
      fc.property(secrets, misspelled, (secret, name) => {
        expectHidden(secret, printed([`--${name}=${secret}`]));
        expectHidden(secret, printed([`--${name}`, secret]));
        expectHidden(secret, printed([`-${name}`, secret]));
        expectHidden(secret, printed([`--${name}${secret}`]));
        expectHidden(secret, printed([], { [variableOf(name as SettingName)]: secret }));
        expectHidden(secret, printed([], {}, JSON.stringify({ [name]: secret })));
      }),
    );
  });

  it("joined to its name, if it is short", () => {
    for (const secret of ["q7Z", "q7Zx", "q7Zx9"]) {
      expectHidden(secret, printed([`--rpc-password${secret}`]));
      expectHidden(secret, printed([], {}, JSON.stringify({ [`rpc-password${secret}`]: "" })));
    }
  });

  it("in place of a flag, command or file", () => {
    fc.assert(
      fc.property(secrets, fc.constantFrom(...secretNames), (secret, name) => {
        expectHidden(secret, printed([secret]));
        expectHidden(secret, printed([`--${secret}`]));
        expectHidden(secret, printed([`-p${secret}`]));
        expectHidden(secret, printed([`--${name}${secret}`]));
        expectHidden(secret, printed([`--${name}=`, secret]));
        expectHidden(secret, printed(["--trust-proxy", secret]));
        expectHidden(secret, printed(["--", secret]));
        expectHidden(secret, printed([], {}, JSON.stringify({ [secret]: name })));
      }),
    );
  });

  it("in a settings file with invalid JSON", () => {
    const broken = fc.constantFrom(
      (secret: string) => `{"rpc-password": ${secret}}`,
      (secret: string) => `{"rpc-password": "${secret}"`,
      (secret: string) => `{"rpc-password": '${secret}'}`,
      (secret: string) => `{"rpc-password": "${secret}",}`,
      (secret: string) => `rpc-password=${secret}`,
      (secret: string) => `{"${secret}": 1} x`,
      (secret: string) => `["${secret}"]`,
      (secret: string) => `"${secret}"`,
    );
    fc.assert(fc.property(secrets, broken, (secret, make) => expectHidden(secret, printed([], {}, make(secret)))));
  });
});
