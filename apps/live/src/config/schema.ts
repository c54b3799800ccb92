import { FormatRegistry, type Static, type TSchema, Type } from "@sinclair/typebox";
import { busSettings } from "./bus-settings.ts";
import { mqttSettings } from "./mqtt-settings.ts";
import { Secret } from "./secret.ts";
import { isSecretSetting, pathSetting, type SettingMetadata, secretSetting } from "./setting-types.ts";

/**
 * `tcp://HOST:PORT`, or a socket file in the syntax of ZeroMQ (`ipc://`) or bitcoin.conf (`unix:`).
 */
function isZmqEndpoint(text: string): boolean {
  const match = /^tcp:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(text);
  if (match === null) return /^(?:ipc:\/\/|unix:).+/.test(text);
  const port = Number(match[2]);
  return port >= 1 && port <= 65535;
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === "http:" || protocol === "https:") && hostname !== "";
}

FormatRegistry.Set("zmq-endpoint", isZmqEndpoint);
/** A valid date in the form `2024-02-29`. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

FormatRegistry.Set("http-url", isHttpUrl);
FormatRegistry.Set("day", isDay);
FormatRegistry.Set("origin", (text) => URL.canParse(text) && new URL(text).origin === text);

const none = Type.Literal("none");

const endpoint = (description: string, isRequired = false) =>
  Type.Union([Type.Literal("auto"), none, Type.String({ format: "zmq-endpoint" })], {
    metavar: "URL",
    expected: `a ZMQ endpoint such as tcp://127.0.0.1:28332, or auto${isRequired ? "" : ", or none"}`,
    default: "auto",
    description,
  });

const day = (description: string, commands: readonly string[] = price) =>
  Type.Optional(
    Type.String({
      format: "day",
      metavar: "YYYY-MM-DD",
      expected: "a day such as 2024-02-29",
      description,
      commands,
    }),
  );

const file = (description: string, metavar = "FILE", commands: readonly string[] = price) =>
  pathSetting({ metavar, description, commands });

const price = ["price"] as const;
const past = ["price", "score"] as const;
const score = ["score"] as const;
const feed = ["serve", "record", "doctor"] as const;
const rpc = ["serve", "record", "doctor", "price", "score"] as const;
const serving = ["serve", "demo", "replay", "edge"] as const;
const estimating = ["serve", "demo", "replay"] as const;
const windowed = [...estimating, "score"] as const;

/**
 * All settings by flag name. The flags, variables, settings file, checks, `--help` and the tables
 * of the README derive from it.
 */
export const SettingsSchema = Type.Object({
  "zmq-rawtx": endpoint(
    "ZMQ endpoint of zmqpubrawtx; auto: as the node reports over RPC, else tcp://127.0.0.1:28332",
    true,
  ),
  "zmq-rawblock": endpoint("ZMQ endpoint of zmqpubrawblock; auto: as reported, else port 28333"),
  "zmq-sequence": endpoint(
    "ZMQ endpoint of zmqpubsequence, which reports replacements and evictions at once; auto: as reported, else port 28334",
  ),
  "rpc-url": Type.Union([none, Type.String({ format: "http-url" })], {
    metavar: "URL",
    expected: "an HTTP URL such as http://127.0.0.1:8332, or none",
    default: "http://127.0.0.1:8332",
    defaultText: "http://127.0.0.1:8332, or the port of --chain or the cookie's folder",
    description: "JSON-RPC URL of the node; none: use ZMQ alone",
    commands: rpc,
  }),
  "rpc-cookie": pathSetting({
    metavar: "FILE",
    description: "RPC cookie file of the node, or its data folder",
    defaultText: "the platform's default path",
    commands: rpc,
  }),
  "rpc-user": Type.Optional(
    Type.String({
      minLength: 1,
      metavar: "NAME",
      expected: "a user name",
      description: "RPC user, instead of the cookie",
      commands: rpc,
    }),
  ),
  "rpc-password": secretSetting({
    metavar: "PASSWORD",
    expected: "a password",
    description: "RPC password (prefer UTXORACLE_RPC_PASSWORD: flags are visible in ps)",
    commands: rpc,
  }),
  chain: Type.Optional(
    Type.Union(
      [
        Type.Literal("main"),
        Type.Literal("test"),
        Type.Literal("testnet4"),
        Type.Literal("signet"),
        Type.Literal("regtest"),
      ],
      {
        metavar: "NAME",
        expected: "one of main, test, testnet4, signet, regtest",
        description: "required chain of the node; without RPC: its chain",
        defaultText: "as the node reports",
        commands: rpc,
      },
    ),
  ),
  host: Type.String({
    format: "listen-address",
    metavar: "ADDRESS",
    expected: "an address to listen on",
    default: "127.0.0.1",
    description: "address to listen on",
    commands: serving,
  }),
  port: Type.Integer({
    minimum: 0,
    maximum: 65535,
    metavar: "PORT",
    expected: "a port number from 0 (any free port) to 65535",
    default: 8000,
    description: "port to listen on; 0: any free port",
    commands: serving,
  }),
  window: Type.Number({
    minimum: 1,
    maximum: 172_800,
    metavar: "SECONDS",
    expected: "a number of seconds from 1 to 172800",
    default: 10_800,
    description: "length of the mempool window",
    commands: windowed,
  }),
  engine: Type.Union([Type.Literal("posterior"), Type.Literal("reference")], {
    metavar: "NAME",
    expected: "posterior or reference",
    default: "posterior",
    description: "estimation engine",
    defaultText: "posterior; price: reference for days and for 144 blocks or more",
    commands: [...windowed, "price"],
  }),
  interval: Type.Integer({
    minimum: 50,
    maximum: 60_000,
    metavar: "MS",
    expected: "a whole number of milliseconds from 50 to 60000",
    default: 500,
    description: "time between two stream updates",
    commands: estimating,
  }),
  "data-dir": pathSetting({
    metavar: "DIR",
    description: "folder that keeps window and prices across restarts",
    defaultText: "none: in memory only",
    commands: ["serve", "score"],
  }),
  fx: pathSetting({
    metavar: "FILE",
    description: "your own rates for other currencies, one per line: EUR 0.92 2026-11-29",
    defaultText: "none: US dollars only",
    commands: serving,
  }),
  "max-clients": Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    metavar: "N",
    expected: "a whole number from 1 to 1000000",
    default: 20_000,
    description: "maximum number of connected clients",
    commands: serving,
  }),
  "max-clients-per-address": Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      metavar: "N",
      expected: "a whole number from 1 to 1000000",
      description: "maximum number of connected clients per address",
      defaultText: "100; --max-clients on a loopback --host without --trust-proxy",
      commands: serving,
    }),
  ),
  "allowed-origins": Type.Optional(
    Type.Array(Type.String({ format: "origin" }), {
      metavar: "ORIGIN,…",
      expected: "a list of origins such as https://example.org",
      description: "origins allowed to open the WebSocket from other sites",
      defaultText: "any",
      commands: serving,
    }),
  ),
  "trust-proxy": Type.Boolean({
    expected: "true or false",
    default: false,
    description: "trust X-Forwarded-For (only behind your own proxy)",
    commands: serving,
  }),
  ...busSettings,
  ...mqttSettings,
  "log-format": Type.Optional(
    Type.Union([Type.Literal("json"), Type.Literal("pretty")], {
      metavar: "FORMAT",
      expected: "json or pretty",
      description: "format of the log on stderr",
      defaultText: "pretty on a terminal, else json",
    }),
  ),
  "log-level": Type.Union([Type.Literal("debug"), Type.Literal("info"), Type.Literal("warn"), Type.Literal("error")], {
    metavar: "LEVEL",
    expected: "one of debug, info, warn, error",
    default: "info",
    description: "minimum log level",
  }),
  speed: Type.Union([Type.Literal("max"), Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })], {
    metavar: "N|max",
    expected: "a number over 0 and up to 1000000 (times real time), or max",
    default: 1,
    description: "playback speed, a multiple of real time up to 1000000, or max",
    commands: ["replay"],
  }),
  span: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10_000_000,
    metavar: "SECONDS",
    expected: "a number of seconds over 0 and up to 10000000",
    default: 3600,
    description: "seconds to spread a hex file over (it has no timestamps), up to 10000000",
    commands: ["replay", "score"],
  }),
  seed: Type.Integer({
    minimum: 0,
    maximum: 4_294_967_295,
    metavar: "N",
    expected: "a whole number from 0 to 4294967295",
    default: 1,
    description: "simulation seed; equal seeds give equal markets",
    commands: ["demo"],
  }),
  json: Type.Boolean({
    expected: "true or false",
    default: false,
    description: "print JSON",
    commands: ["doctor", "price", "score"],
  }),
  "write-config": pathSetting({
    metavar: "FILE",
    description: "write the checked settings to a new JSON file for --config",
    commands: ["doctor"],
  }),
  blocks: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 4320,
      metavar: "N",
      expected: "a whole number of blocks from 1 to 4320",
      description: "price of the last N blocks",
      commands: price,
    }),
  ),
  hours: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 720,
      metavar: "H",
      expected: "a number of hours over 0, to 720",
      description: "price of the blocks in the H hours before the newest block",
      commands: price,
    }),
  ),
  date: day("price of one UTC day"),
  from: day("first of several UTC days", past),
  to: day("last of these days; may equal --from", past),
  csv: file("write daily prices to a CSV file, or resume one"),
  html: file("write an HTML page with the result", "FILE", past),
  quiet: Type.Boolean({
    expected: "true or false",
    default: false,
    description: "print only the price and errors",
    commands: past,
  }),
  "blocks-from": Type.Union([Type.Literal("auto"), Type.Literal("rpc"), Type.Literal("rest")], {
    metavar: "SOURCE",
    expected: "one of auto, rpc, rest",
    default: "auto",
    description: "node interface to read blocks from; auto: REST if enabled, else RPC",
    commands: past,
  }),
  "blocks-dir": file("read blocks from the blk*.dat files in this folder, not from the node", "DIR", past),
  prices: file("CSV file of your own prices: time and price, or time, open, high, low, close", "FILE", score),
});

export type Settings = Static<typeof SettingsSchema>;
export type SettingName = keyof Settings & string;

const feedSettings: ReadonlySet<string> = new Set(["zmq-rawtx", "zmq-rawblock", "zmq-sequence"]);

/** Schema and metadata of a setting. */
export type SettingSchema = TSchema & SettingMetadata;

export const settingNames = Object.keys(SettingsSchema.properties) as SettingName[];

export function settingSchema(name: SettingName): SettingSchema {
  return SettingsSchema.properties[name] as unknown as SettingSchema;
}

/** Whether a command has a setting. */
export function takesSetting(command: string, name: SettingName): boolean {
  const commands = feedSettings.has(name) ? feed : settingSchema(name).commands;
  return commands === undefined || (commands as readonly string[]).includes(command);
}

/** Wraps the value of a password or token setting; returns other values unchanged. */
export const wrapIfSecret = (name: SettingName, value: string): string | Secret =>
  isSecretSetting(settingSchema(name)) ? new Secret(value) : value;

export const isSwitch = (name: SettingName): boolean => settingSchema(name)["type"] === "boolean";

export const VARIABLE_PREFIX = "UTXORACLE_";
/** Path of the settings file. Itself not a setting. */
export const CONFIG_VARIABLE = "UTXORACLE_CONFIG";

/** Environment variable of a setting: `zmq-rawtx` → `UTXORACLE_ZMQ_RAWTX`. */
export const variableOf = (name: SettingName): string => `${VARIABLE_PREFIX}${name.toUpperCase().replaceAll("-", "_")}`;
