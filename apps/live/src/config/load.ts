import { Value } from "@sinclair/typebox/value";
import { closeName, unknownName } from "./close-name.ts";
import { readConfigFile } from "./config-file.ts";
import { isInjected } from "./injected-variables.ts";
import {
  CONFIG_VARIABLE,
  type SettingName,
  type SettingSchema,
  type Settings,
  secretOr,
  settingNames,
  settingSchema,
  takesSetting,
  VARIABLE_PREFIX,
  variableOf,
} from "./schema.ts";
import type { Secret } from "./secret.ts";
import { UserError } from "./user-error.ts";

/** A value as it was given, and where: the place is named when the value is refused. */
interface Given {
  readonly value: unknown;
  readonly place: string;
}

/** Settings with, for each, whether someone gave it (a flag, a variable, the file) or the default holds. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly given: ReadonlySet<SettingName>;
  /** Sentences about variables that look like settings and are not used: misspelled, or set by Kubernetes or Docker. */
  readonly unusedVariables: readonly string[];
}

/** Where Umbrel's node publishes what, unless it says otherwise. */
const UMBREL_PORTS = { rawblock: "28332", rawtx: "28333", sequence: "28335" } as const;

const BOX_PREFIX = "APP_BITCOIN_";

/** A variable's value; undefined when it is unset, empty, or set by Kubernetes or Docker for a service of that name. */
function variableIn(env: NodeJS.ProcessEnv, name: string): string | undefined {
  // Docker keeps the line ends of a Windows text file that it is given as --env-file.
  const value = env[name]?.replace(/\r+$/, "");
  return value === undefined || value === "" || isInjected(name, value) ? undefined : value;
}

/** What Umbrel hands to its apps, read where no variable of our own is set. An empty variable counts as unset. */
function umbrelVariables(env: NodeJS.ProcessEnv): Map<SettingName, Given> {
  const given = new Map<SettingName, Given>();
  const variable = (name: string): string | undefined => variableIn(env, `${BOX_PREFIX}${name}`);
  const host = variable("NODE_IP");
  if (host === undefined) return given;
  const give = (name: SettingName, value: string | undefined): void => {
    if (value !== undefined) given.set(name, { value: secretOr(name, value), place: "the variables APP_BITCOIN_*" });
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
    const place = variableOf(name);
    const value = variableIn(env, place);
    if (value !== undefined) given.set(name, { value: secretOr(name, value), place });
  }
  return given;
}

/** The file that `UTXORACLE_CONFIG` names. */
export const configVariable = (env: NodeJS.ProcessEnv): string | undefined => variableIn(env, CONFIG_VARIABLE);

/** One sentence for each misspelled variable, and one for all that Kubernetes or Docker have set. Values are not repeated. */
function unusedVariables(env: NodeJS.ProcessEnv): string[] {
  const own = [...settingNames.map(variableOf), CONFIG_VARIABLE];
  const prefixed = Object.entries(env).filter(
    ([name]) => name.startsWith(VARIABLE_PREFIX) || name.startsWith(BOX_PREFIX),
  );
  const injected = prefixed.filter(([name, value]) => isInjected(name, value ?? "")).map(([name]) => name);
  const shortNames = own.map((name) => name.slice(VARIABLE_PREFIX.length));
  const misspelled = prefixed.flatMap(([name]) => {
    if (!name.startsWith(VARIABLE_PREFIX) || own.includes(name) || injected.includes(name)) return [];
    const close = closeName(name.slice(VARIABLE_PREFIX.length), shortNames);
    // Other programs use the prefix too: only a typing error is worth a line.
    return close?.isTypo === true
      ? [`${name} is not a variable of this program (did you mean ${VARIABLE_PREFIX}${close.name}?)`]
      : [];
  });
  if (injected.length === 0) return misspelled;
  const listed = injected.slice(0, LISTED_VARIABLES_MAX).join(", ");
  const more = injected.length > LISTED_VARIABLES_MAX ? ` and ${injected.length - LISTED_VARIABLES_MAX} more` : "";
  return [
    ...misspelled,
    `ignored variables that Kubernetes or Docker set for a service of this name: ${listed}${more}`,
  ];
}

const LISTED_VARIABLES_MAX = 8;

function fileSettings(path: string): Map<SettingName, Given> {
  const given = new Map<SettingName, Given>();
  for (const [index, [key, value]] of Object.entries(readConfigFile(path)).entries()) {
    if (!(settingNames as string[]).includes(key)) {
      const position = `entry ${index + 1} of the object`;
      throw new UserError(`${path}: ${unknownName("setting", { typed: key, known: settingNames, position })}`);
    }
    const name = key as SettingName;
    given.set(name, {
      value: typeof value === "string" ? secretOr(name, value) : value,
      place: `"${name}" in ${path}`,
    });
  }
  return given;
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

const credentials = ["rpc-cookie", "rpc-user", "rpc-password"] as const satisfies readonly SettingName[];

/** @throws {UserError} for what an address of a node's RPC does not hold. */
function checkRpcAddress(address: Settings["rpc-url"], place: string): void {
  if (address === "none") return;
  const { username, password, search, hash } = new URL(address);
  if (username !== "" || password !== "")
    throw new UserError(
      `${place}: user and password do not belong in the address; set rpc-user and UTXORACLE_RPC_PASSWORD`,
    );
  if (search !== "" || hash !== "") throw new UserError(`${place}: an address of the node's RPC has no ? and no #`);
}

/**
 * Settings of one command: flags over `UTXORACLE_*` variables over the file over a box's own variables over defaults.
 * @throws {UserError} naming the flag, variable or field and what it takes.
 */
export function loadSettings(
  command: string,
  flags: ReadonlyMap<SettingName, string | boolean | Secret>,
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
    // The value is not repeated: it may be a password in the wrong place.
    if (!Value.Check(schema, value)) throw new UserError(`${found.place}: the value is not ${schema.expected}`);
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
  return { settings: loaded, given, unusedVariables: unusedVariables(env) };
}
