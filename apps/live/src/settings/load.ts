import { readFileSync } from "node:fs";
import { Value } from "@sinclair/typebox/value";
import { UserError } from "../user-error.ts";
import {
  CONFIG_VARIABLE,
  type SettingName,
  type SettingSchema,
  type Settings,
  settingNames,
  settingSchema,
  takesSetting,
  VARIABLE_PREFIX,
  variableOf,
} from "./schema.ts";

/** A value as it was given, and where: the place is named when the value is refused. */
interface Given {
  readonly value: unknown;
  readonly place: string;
}

/** Settings with, for each, whether someone gave it (a flag, a variable, the file) or the default holds. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly given: ReadonlySet<SettingName>;
  /** Variables that are no setting's but look like one, each with what was probably meant. */
  readonly misspelt: readonly string[];
}

/** Where Umbrel's node publishes what, unless it says otherwise. */
const UMBREL_PORTS = { rawblock: "28332", rawtx: "28333", sequence: "28335" } as const;

/** What Umbrel hands to its apps, read where no variable of our own is set. An empty one is none. */
function umbrelVariables(env: NodeJS.ProcessEnv): Map<SettingName, Given> {
  const given = new Map<SettingName, Given>();
  const variable = (name: string): string | undefined => env[`APP_BITCOIN_${name}`] || undefined;
  const host = variable("NODE_IP");
  if (host === undefined) return given;
  const give = (name: SettingName, value: string | undefined): void => {
    if (value !== undefined) given.set(name, { value, place: "the variables APP_BITCOIN_*" });
  };
  for (const topic of ["rawtx", "rawblock", "sequence"] as const)
    give(`zmq-${topic}`, `tcp://${host}:${variable(`ZMQ_${topic.toUpperCase()}_PORT`) ?? UMBREL_PORTS[topic]}`);
  give("rpc-url", `http://${host}:${variable("RPC_PORT") ?? "8332"}`);
  give("rpc-user", variable("RPC_USER"));
  give("rpc-password", variable("RPC_PASS"));
  return given;
}

function ownVariables(env: NodeJS.ProcessEnv): Map<SettingName, Given> {
  const given = new Map<SettingName, Given>();
  for (const name of settingNames) {
    const value = env[variableOf(name)];
    if (value !== undefined && value !== "") given.set(name, { value, place: variableOf(name) });
  }
  return given;
}

/** Others may begin alike and be meant for something else: only what looks like a setting's variable is named. */
function misspeltVariables(env: NodeJS.ProcessEnv): string[] {
  const known = [...settingNames.map(variableOf), CONFIG_VARIABLE];
  return Object.keys(env)
    .filter((name) => name.startsWith(VARIABLE_PREFIX) && !known.includes(name))
    .map((name) => {
      const meant = suggestion(
        name.slice(VARIABLE_PREFIX.length),
        known.map((each) => each.slice(VARIABLE_PREFIX.length)),
        VARIABLE_PREFIX,
      );
      return meant === "" ? "" : `${name} is no variable of this program${meant}`;
    })
    .filter((line) => line !== "");
}

function fileSettings(path: string): Map<SettingName, Given> {
  let content: unknown;
  try {
    // Some editors begin a file with a mark of its encoding.
    content = JSON.parse(readFileSync(path, "utf8").replace(/^\ufeff/, ""));
  } catch (error) {
    const reason = error instanceof SyntaxError ? `is not JSON: ${error.message}` : unreadable(error);
    throw new UserError(`--config: ${path} ${reason}`, undefined, { cause: error });
  }
  if (typeof content !== "object" || content === null || Array.isArray(content))
    throw new UserError(`--config: ${path} must hold one JSON object, e.g. {"port": 8123}`);
  const given = new Map<SettingName, Given>();
  for (const [key, value] of Object.entries(content)) {
    if (!(settingNames as string[]).includes(key))
      throw new UserError(`${path}: unknown setting "${key}"${suggestion(key, settingNames)}`);
    given.set(key as SettingName, { value, place: `"${key}" in ${path}` });
  }
  return given;
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "cannot be read: there is no such file";
  if (code === "EISDIR") return "cannot be read: it is a folder";
  if (code === "EACCES") return "cannot be read: this user may not read it";
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** Text from a flag or variable as the type that the schema asks for; left as it is where it does not fit. */
function typed(schema: SettingSchema, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (schema["type"] === "boolean")
    return value === "true" || value === "1" ? true : value === "false" || value === "0" ? false : value;
  if (schema["type"] === "array")
    return value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  if (Value.Check(schema, value)) return value;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : value;
}

/** An address may hold a password where none belongs. */
const withoutPassword = (text: string): string => text.replace(/\/\/[^@/"]*@/g, "//…@");

const credentials = ["rpc-cookie", "rpc-user", "rpc-password"] as const satisfies readonly SettingName[];

/** @throws {UserError} for what an address of a node's RPC does not hold. It never repeats a password. */
function checkRpcAddress(address: Settings["rpc-url"], place: string): void {
  if (address === "none") return;
  const { username, password, search, hash } = new URL(address);
  if (username !== "" || password !== "")
    throw new UserError(
      `${place}: user and password do not belong into the address, it ends up in logs: set rpc-user and UTXORACLE_RPC_PASSWORD`,
    );
  if (search !== "" || hash !== "") throw new UserError(`${place}: an address of the node's RPC has no ? and no #`);
}

/**
 * Settings of one command: flags over `UTXORACLE_*` variables over the file over a box's own variables over defaults.
 * @throws {UserError} naming the flag, variable or field and what it takes.
 */
export function loadSettings(
  command: string,
  flags: ReadonlyMap<SettingName, string | boolean>,
  env: NodeJS.ProcessEnv,
  configPath: string | undefined,
): LoadedSettings {
  const flagged = new Map<SettingName, Given>();
  for (const [name, value] of flags) flagged.set(name, { value, place: `--${name}` });
  const file = configPath === undefined ? new Map<SettingName, Given>() : fileSettings(configPath);
  const own = [flagged, ownVariables(env), file];
  const box = umbrelVariables(env);
  // Whoever names a way to be let in wants none of the box's.
  if (credentials.some((name) => own.some((layer) => layer.has(name))))
    for (const name of credentials) box.delete(name);
  const layers = [...own, box];

  const settings: Record<string, unknown> = {};
  const given = new Set<SettingName>();
  const places = new Map<SettingName, string>();
  for (const name of settingNames) {
    const schema = settingSchema(name);
    const found = layers.map((layer) => layer.get(name)).find((candidate) => candidate !== undefined);
    if (found === undefined) {
      if (schema.default !== undefined) settings[name] = schema.default;
      continue;
    }
    const value = typed(schema, found.value);
    if (!Value.Check(schema, value)) {
      const shown = schema.secret === true ? "the value given" : withoutPassword(JSON.stringify(found.value));
      throw new UserError(`${found.place}: ${shown} is not ${schema.expected}`);
    }
    settings[name] = value;
    places.set(name, found.place);
    if (takesSetting(command, name)) given.add(name);
  }
  const loaded = settings as Settings;
  // As an address is written in a URL, and as the log shows it.
  loaded.host = loaded.host.replace(/^\[(.*)\]$/, "$1");
  checkRpcAddress(loaded["rpc-url"], places.get("rpc-url") ?? "rpc-url");
  if (loaded["rpc-user"]?.includes(":") === true)
    throw new UserError(
      `${places.get("rpc-user")}: a user's name has no colon; the password goes into UTXORACLE_RPC_PASSWORD`,
    );
  if ((loaded["rpc-user"] === undefined) !== (loaded["rpc-password"] === undefined))
    throw new UserError(
      loaded["rpc-user"] === undefined
        ? "rpc-password is set but rpc-user is not: set both, or neither to use the node's cookie"
        : "rpc-user is set but rpc-password is not: set both (UTXORACLE_RPC_PASSWORD), or neither to use the node's cookie",
    );
  return { settings: loaded, given, misspelt: misspeltVariables(env) };
}

/** " (did you mean …?)" for the closest of the known names, as it is written after `prefix`, or nothing. */
export function suggestion(name: string, known: readonly string[], prefix = ""): string {
  let best: string | undefined;
  // A name of which no letter is kept was not meant.
  let bestDistance = Math.min(name.length, Math.max(2, Math.floor(name.length / 3)) + 1);
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best === undefined ? "" : ` (did you mean ${prefix}${best}?)`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(
        Math.min(
          (previous[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    previous = row;
  }
  return previous[b.length] ?? 0;
}
