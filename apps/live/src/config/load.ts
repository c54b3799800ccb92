import { Value } from "@sinclair/typebox/value";
import { closeName, unknownName } from "./close-name.ts";
import { readConfigFile } from "./config-file.ts";
import { isInjected } from "./injected-variables.ts";
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
  wrapIfSecret,
} from "./schema.ts";
import type { Secret } from "./secret.ts";
import { UserError } from "./user-error.ts";

/** A value and its source, such as `--port` or `UTXORACLE_PORT`, for errors. */
interface SourcedValue {
  readonly value: unknown;
  readonly source: string;
}

/** The settings of one command. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** Settings from a flag, a variable or the file; the others have their defaults. */
  readonly given: ReadonlySet<SettingName>;
  /** Warnings about variables that are misspelled, or set by Kubernetes or Docker. */
  readonly variableWarnings: readonly string[];
}

/** Default ZMQ ports of Umbrel's node. */
const UMBREL_PORTS = { rawblock: "28332", rawtx: "28333", sequence: "28335" } as const;

const UMBREL_PREFIX = "APP_BITCOIN_";

/** @returns undefined for a variable that is unset, empty, or set by Kubernetes or Docker. */
function variableIn(env: NodeJS.ProcessEnv, name: string): string | undefined {
  // Docker keeps the CR of CRLF line ends in an --env-file.
  const value = env[name]?.replace(/\r+$/, "");
  return value === undefined || value === "" || isInjected(name, value) ? undefined : value;
}

/** Settings from the `APP_BITCOIN_*` variables, which umbrelOS sets for its apps. */
function umbrelVariables(env: NodeJS.ProcessEnv): Map<SettingName, SourcedValue> {
  const given = new Map<SettingName, SourcedValue>();
  const variable = (name: string): string | undefined => variableIn(env, `${UMBREL_PREFIX}${name}`);
  const host = variable("NODE_IP");
  if (host === undefined) return given;
  const give = (name: SettingName, value: string | undefined): void => {
    if (value !== undefined)
      given.set(name, { value: wrapIfSecret(name, value), source: "the variables APP_BITCOIN_*" });
  };
  for (const topic of ["rawtx", "rawblock", "sequence"] as const)
    give(`zmq-${topic}`, `tcp://${host}:${variable(`ZMQ_${topic.toUpperCase()}_PORT`) ?? UMBREL_PORTS[topic]}`);
  give("rpc-url", `http://${host}:${variable("RPC_PORT") ?? "8332"}`);
  give("rpc-user", variable("RPC_USER"));
  give("rpc-password", variable("RPC_PASS"));
  return given;
}

function ownVariables(env: NodeJS.ProcessEnv): Map<SettingName, SourcedValue> {
  const given = new Map<SettingName, SourcedValue>();
  for (const name of settingNames) {
    const source = variableOf(name);
    const value = variableIn(env, source);
    if (value !== undefined) given.set(name, { value: wrapIfSecret(name, value), source });
  }
  return given;
}

/** Path of the settings file in `UTXORACLE_CONFIG`. */
export const configVariable = (env: NodeJS.ProcessEnv): string | undefined => variableIn(env, CONFIG_VARIABLE);

/**
 * One warning for each misspelled variable, and one for all variables set by Kubernetes or Docker.
 * Warnings contain no values: they may be passwords.
 */
function variableWarnings(env: NodeJS.ProcessEnv): string[] {
  const own = [...settingNames.map(variableOf), CONFIG_VARIABLE];
  const prefixed = Object.entries(env).filter(
    ([name]) => name.startsWith(VARIABLE_PREFIX) || name.startsWith(UMBREL_PREFIX),
  );
  const injected = prefixed.filter(([name, value]) => isInjected(name, value ?? "")).map(([name]) => name);
  const shortNames = own.map((name) => name.slice(VARIABLE_PREFIX.length));
  const misspelled = prefixed.flatMap(([name]) => {
    if (!name.startsWith(VARIABLE_PREFIX) || own.includes(name) || injected.includes(name)) return [];
    const close = closeName(name.slice(VARIABLE_PREFIX.length), shortNames);
    // Other programs may use the prefix, so only typos are reported.
    return close?.isTypo === true ? [`unknown variable ${name} (did you mean ${VARIABLE_PREFIX}${close.name}?)`] : [];
  });
  if (injected.length === 0) return misspelled;
  const listed = injected.slice(0, LISTED_VARIABLES_MAX).join(", ");
  const more = injected.length > LISTED_VARIABLES_MAX ? ` and ${injected.length - LISTED_VARIABLES_MAX} more` : "";
  return [...misspelled, `Kubernetes or Docker set for a service of this name: ${listed}${more}`];
}

const LISTED_VARIABLES_MAX = 8;

function fileSettings(path: string): Map<SettingName, SourcedValue> {
  const given = new Map<SettingName, SourcedValue>();
  for (const [index, [key, value]] of Object.entries(readConfigFile(path)).entries()) {
    if (!(settingNames as string[]).includes(key)) {
      const position = `entry ${index + 1} of the object`;
      throw new UserError(`${path}: ${unknownName("setting", { typed: key, known: settingNames, position })}`);
    }
    const name = key as SettingName;
    given.set(name, {
      value: typeof value === "string" ? wrapIfSecret(name, value) : value,
      source: `"${name}" in ${path}`,
    });
  }
  return given;
}

/**
 * Converts the text of a flag or variable to the schema's type; returns it unchanged if it does not
 * fit.
 */
function parsed(schema: SettingSchema, value: unknown): unknown {
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

/** Default RPC port of each chain (Bitcoin Core's chainparamsbase.cpp). */
export const RPC_PORTS = { main: 8332, test: 18332, testnet4: 48332, signet: 38332, regtest: 18443 } as const;

/** The test chain in whose folder a cookie is; undefined for any other folder. */
function chainOfCookie(path: string): keyof typeof RPC_PORTS | undefined {
  const folder = /(?:^|[\\/])(testnet3|testnet4|signet|regtest)[\\/]*(?:\.cookie)?$/.exec(path)?.[1];
  return folder === "testnet3" ? "test" : (folder as "testnet4" | "signet" | "regtest" | undefined);
}

const credentials = ["rpc-cookie", "rpc-user", "rpc-password"] as const satisfies readonly SettingName[];

/** @throws {UserError} for a URL with user, password, query or fragment. */
function checkRpcUrl(url: Settings["rpc-url"], source: string): void {
  if (url === "none") return;
  const { username, password, search, hash } = new URL(url);
  if (username !== "" || password !== "")
    throw new UserError(`${source}: a URL must not contain user and password; set rpc-user and UTXORACLE_RPC_PASSWORD`);
  if (search !== "" || hash !== "") throw new UserError(`${source}: an RPC URL must not contain ? or #`);
}

/**
 * Loads the settings of one command. Precedence: flags, `UTXORACLE_*` variables, the file,
 * `APP_BITCOIN_*` variables, defaults.
 * @throws {UserError} naming the flag, variable or field, and the expected value.
 */
export function loadSettings(
  command: string,
  flags: ReadonlyMap<SettingName, string | boolean | Secret>,
  env: NodeJS.ProcessEnv,
  configPath: string | undefined,
): LoadedSettings {
  const flagged = new Map<SettingName, SourcedValue>();
  for (const [name, value] of flags) flagged.set(name, { value, source: `--${name}` });
  const file = configPath === undefined ? new Map<SettingName, SourcedValue>() : fileSettings(configPath);
  const own = [flagged, ownVariables(env), file];
  const umbrel = umbrelVariables(env);
  // Own RPC credentials replace all of Umbrel's: a mix would fail.
  if (credentials.some((name) => own.some((layer) => layer.has(name))))
    for (const name of credentials) umbrel.delete(name);
  const layers = [...own, umbrel];

  const settings: Record<string, unknown> = {};
  const given = new Set<SettingName>();
  const sources = new Map<SettingName, string>();
  for (const name of settingNames) {
    const schema = settingSchema(name);
    const found = layers.map((layer) => layer.get(name)).find((candidate) => candidate !== undefined);
    if (found === undefined) {
      if (schema.default !== undefined) settings[name] = schema.default;
      continue;
    }
    const value = parsed(schema, found.value);
    // The error does not contain the value: it may be a password in the wrong place.
    if (!Value.Check(schema, value)) throw new UserError(`${found.source}: the value is not ${schema.expected}`);
    settings[name] = value;
    sources.set(name, found.source);
    if (takesSetting(command, name)) given.add(name);
  }
  const loaded = settings as Settings;
  // Accept an IPv6 address in brackets, as in a URL.
  loaded.host = loaded.host.replace(/^\[(.*)\]$/, "$1");
  const chain = loaded.chain ?? chainOfCookie(loaded["rpc-cookie"] ?? "");
  if (!sources.has("rpc-url") && chain !== undefined) loaded["rpc-url"] = `http://127.0.0.1:${RPC_PORTS[chain]}`;
  checkRpcUrl(loaded["rpc-url"], sources.get("rpc-url") ?? "rpc-url");
  if (loaded["rpc-user"]?.includes(":") === true)
    throw new UserError(
      `${sources.get("rpc-user")}: a user name must not contain a colon; set the password in UTXORACLE_RPC_PASSWORD`,
    );
  if ((loaded["rpc-user"] === undefined) !== (loaded["rpc-password"] === undefined))
    throw new UserError(
      loaded["rpc-user"] === undefined
        ? "rpc-password is set but rpc-user is not: set both, or neither to use the node's cookie"
        : "rpc-user is set but rpc-password is not: set both (UTXORACLE_RPC_PASSWORD), or neither to use the node's cookie",
    );
  return { settings: loaded, given, variableWarnings: variableWarnings(env) };
}
