import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as transport from "@nats-io/transport-node";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { type CommandName, commands } from "../src/commands/cli/commands.ts";
import { helpText } from "../src/commands/cli/help.ts";
import { parseCommandLine } from "../src/commands/cli/parse.ts";
import { isInjected } from "../src/config/injected-variables.ts";
import { loadSettings } from "../src/config/load.ts";
import { settingNames, settingSchema, variableOf } from "../src/config/schema.ts";
import { busConnectionOptions } from "../src/relay/bus/bus-options.ts";

const load = (words: string[], env: NodeJS.ProcessEnv = {}) => {
  const line = parseCommandLine(words, env);
  return loadSettings(line.command, line.flags, env, line.configPath).settings;
};

function configFile(content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), "settings-")), "config.json");
  writeFileSync(path, content);
  return path;
}

describe("settings", () => {
  it("have the documented defaults", () => {
    expect(load([])).toMatchObject({
      "zmq-rawtx": "auto",
      "zmq-rawblock": "auto",
      "zmq-sequence": "auto",
      "rpc-url": "http://127.0.0.1:8332",
      host: "127.0.0.1",
      port: 8000,
      window: 10_800,
      engine: "posterior",
      interval: 500,
    });
  });

  it("prefer flags over variables over the file over Umbrel's variables", () => {
    const path = configFile(JSON.stringify({ port: 3, host: "::1", window: 60 }));
    const env = {
      UTXORACLE_PORT: "2",
      UTXORACLE_HOST: "0.0.0.0",
      APP_BITCOIN_NODE_IP: "10.21.21.8",
      UTXORACLE_RPC_URL: "http://localhost:1",
    };
    expect(load(["--port", "1", "--config", path], env)).toMatchObject({
      port: 1,
      host: "0.0.0.0",
      window: 60,
      "zmq-rawtx": "tcp://10.21.21.8:28333",
      "zmq-rawblock": "tcp://10.21.21.8:28332",
      "zmq-sequence": "tcp://10.21.21.8:28335",
      "rpc-url": "http://localhost:1",
    });
  });

  it("read Umbrel's variables and ignore empty ones", () => {
    const env = {
      APP_BITCOIN_NODE_IP: "10.21.21.8",
      APP_BITCOIN_RPC_PORT: "9332",
      APP_BITCOIN_RPC_USER: "umbrel",
      APP_BITCOIN_RPC_PASS: "s3cret",
      APP_BITCOIN_ZMQ_RAWBLOCK_PORT: "48332",
      APP_BITCOIN_ZMQ_RAWTX_PORT: "48333",
      APP_BITCOIN_ZMQ_HASHBLOCK_PORT: "48334",
      APP_BITCOIN_ZMQ_SEQUENCE_PORT: "48335",
    };
    expect(load([], env)).toMatchObject({
      "zmq-rawtx": "tcp://10.21.21.8:48333",
      "zmq-rawblock": "tcp://10.21.21.8:48332",
      "zmq-sequence": "tcp://10.21.21.8:48335",
      "rpc-url": "http://10.21.21.8:9332",
      "rpc-user": "umbrel",
    });
    expect(load([], env)["rpc-password"]?.reveal()).toBe("s3cret");
    const unset = Object.fromEntries(Object.keys(env).map((name) => [name, ""]));
    expect(load([], unset)).toEqual(load([]));
    expect(load([], { ...unset, APP_BITCOIN_NODE_IP: "bitcoin" })).toMatchObject({
      "zmq-rawtx": "tcp://bitcoin:28333",
      "rpc-url": "http://bitcoin:8332",
    });
    // Own credentials replace Umbrel's.
    expect(load(["--rpc-cookie", "/x/.cookie"], env)["rpc-user"]).toBeUndefined();
    const own = load(["--rpc-user", "me"], { ...env, UTXORACLE_RPC_PASSWORD: "mine" });
    expect([own["rpc-user"], own["rpc-password"]?.reveal()]).toEqual(["me", "mine"]);
    expect(() => load(["--rpc-user", "me"], env)).toThrow("rpc-user is set but rpc-password is not");
  });

  it("accept a ZMQ socket file in the syntax of bitcoin.conf", () => {
    expect(load(["--zmq-rawtx", "unix:/run/bitcoind/zmq"])["zmq-rawtx"]).toBe("unix:/run/bitcoind/zmq");
  });

  it("accept --flag VALUE, --flag=VALUE, --switch and --no-switch", () => {
    expect(load(["--port=8123", "--trust-proxy"])).toMatchObject({ port: 8123, "trust-proxy": true });
    expect(load(["--no-trust-proxy"], { UTXORACLE_TRUST_PROXY: "true" })).toMatchObject({ "trust-proxy": false });
    expect(load(["--allowed-origins", "https://a.example,https://b.example"])["allowed-origins"]).toEqual([
      "https://a.example",
      "https://b.example",
    ]);
    expect(load(["replay", "x", "--speed", "max"]).speed).toBe("max");
    expect(load(["replay", "x", "--speed", "2.5"]).speed).toBe(2.5);
  });

  it.each([
    ["/home/me/.bitcoin/regtest/.cookie", 18443],
    ["/home/me/.bitcoin/testnet3/", 18332],
    ["C:\\Bitcoin\\signet\\.cookie", 38332],
    ["/home/me/.bitcoin", 8332],
    ["/srv/regtest/bitcoin/.cookie", 8332],
  ])("take the RPC port of the chain in whose folder the cookie %s is", (cookie, port) => {
    expect(load(["--rpc-cookie", cookie])["rpc-url"]).toBe(`http://127.0.0.1:${port}`);
    expect(load(["--rpc-cookie", cookie, "--rpc-url", "http://10.0.0.5:1"])["rpc-url"]).toBe("http://10.0.0.5:1");
  });

  it("take the RPC port of --chain unless --rpc-url is given", () => {
    expect(load(["--chain", "regtest"])["rpc-url"]).toBe("http://127.0.0.1:18443");
    expect(load(["--chain", "regtest", "--rpc-url", "http://127.0.0.1:1"])["rpc-url"]).toBe("http://127.0.0.1:1");
  });

  it("accept an IPv6 listen address with and without brackets", () => {
    for (const host of ["::1", "[::1]"]) expect(load(["--host", host]).host).toBe("::1");
  });

  it.each([
    [["--prot", "1"], {}, "unknown flag --prot (did you mean --port?)"],
    [["-port", "1"], {}, "unknown flag -port (did you mean --port?)"],
    [["demo", "-w"], {}, "unknown flag (argument 2);"],
    [["help", "prize"], {}, "unknown command prize (did you mean price?)"],
    [["--port"], {}, "--port needs a value"],
    [["--port", "pw1"], {}, "--port: the value is not a port number from 0"],
    [["--port", "70000"], {}, "--port: the value is not a port number"],
    [["--port", "1.5"], {}, "--port: the value is not a port number"],
    [[], { UTXORACLE_PORT: "-1" }, "UTXORACLE_PORT: the value is not a port number"],
    [["--host", "u:pw1@127.0.0.1"], {}, "--host: the value is not an address to listen on"],
    [["--zmq-rawtx", "127.0.0.1:28332"], {}, "--zmq-rawtx: the value is not a ZMQ endpoint such as tcp://"],
    [["--zmq-rawtx", "tcp://u:pw1@127.0.0.1:28332"], {}, "--zmq-rawtx: the value is not a ZMQ endpoint"],
    [["--zmq-rawtx", "tcp://127.0.0.1:99999"], {}, "the value is not a ZMQ endpoint"],
    [["--rpc-url", "ftp://u:pw1@x"], {}, "--rpc-url: the value is not an HTTP URL"],
    [["--rpc-url", "u:pw1@127.0.0.1:8332"], {}, "--rpc-url: the value is not an HTTP URL"],
    [["--rpc-url", "http://u:pw1@127.0.0.1:8332"], {}, "--rpc-url: a URL must not contain user and password"],
    [[], { UTXORACLE_RPC_URL: "http://127.0.0.1:8332/?a=pw1" }, "UTXORACLE_RPC_URL: an RPC URL must not contain ?"],
    [["--rpc-cookie", "__cookie__:pw1"], {}, "--rpc-cookie: the value is not a path"],
    [["--data-dir", "https://u:pw1@example.org"], {}, "--data-dir: the value is not a path"],
    [["--data-dir", ":".repeat(100_000)], {}, "--data-dir: the value is not a path"],
    [["--rpc-user", "u:pw1"], { UTXORACLE_RPC_PASSWORD: "x" }, "--rpc-user: a user name must not contain a colon"],
    [["--bus", "nats://u:pw1@10.0.0.5:4222"], {}, "--bus: the value is not a list of NATS URLs"],
    [["--window", "0"], {}, "--window: the value is not a number of seconds from 1"],
    [["--engine", "magic"], {}, "--engine: the value is not posterior or reference"],
    [["--speed", "2"], {}, "--speed is not a flag of the service"],
    [["demo", "--rpc-url", "http://x"], {}, "--rpc-url is not a flag of demo"],
    [["replay", "x", "--speed", "0"], {}, "--speed: the value is not a number over 0 and up to 1000000"],
    [["--rpc-password=", "pw1"], {}, "unknown command (argument 2);"],
    [["constructor"], {}, "unknown command (argument 1);"],
    [["dmeo"], {}, "unknown command dmeo (did you mean demo?)"],
    [["--rpc-user", "x"], {}, "rpc-user is set but rpc-password is not"],
    [["--config", "/nowhere/x.json"], {}, "--config: /nowhere/x.json cannot be read: no such file"],
    [["--config", "/"], {}, "--config: / cannot be read: it is a folder"],
    [["--config", "https://u:pw1@example.org/x.json"], {}, "--config: the value is not a path"],
    [["--config", '{"rpc-password":"pw1"}'], {}, "--config: the value is not a path"],
    [["--data-dir", "\n{ pw1"], {}, "--data-dir: the value is not a path"],
    [[], { UTXORACLE_RPC_COOKIE: "-----BEGIN pw1" }, "UTXORACLE_RPC_COOKIE: the value is not a path"],
    [["--no-port"], {}, "--no-port: --port is not a switch"],
    [["--allowed-origins", "example.org"], {}, "--allowed-origins: the value is not a list of origins"],
  ])("reject %j %j with one line that names the flag or variable", (words, env, message) => {
    expect(() => load(words, env as NodeJS.ProcessEnv)).toThrow(message);
    expect(() => load(words, env as NodeJS.ProcessEnv)).toThrow(/^[^\n]+$/);
    expect(() => load(words, env as NodeJS.ProcessEnv)).not.toThrow("pw1");
  });

  it("never print a rejected password", () => {
    expect(() => load([], { UTXORACLE_RPC_USER: "u", UTXORACLE_RPC_PASSWORD: "" })).toThrow("rpc-password is not");
    const path = configFile('{"rpc-password": 12345, "rpc-user": "u"}');
    expect(() => load(["--config", path])).toThrow('"rpc-password" in');
    expect(() => load(["--config", path])).not.toThrow("12345");
  });

  it("warn about misspelled variables, not about those of other programs", () => {
    const env = {
      UTXORACLE_PROT: "9000",
      UTXORACLE_CONFG: "x",
      UTXORACLE_CORPUS: "/x",
      UTXORACLE_PORT: "8123",
      PROT: "1",
    };
    expect(loadSettings("serve", new Map(), env, undefined).variableWarnings).toEqual([
      "unknown variable UTXORACLE_PROT (did you mean UTXORACLE_PORT?)",
      "unknown variable UTXORACLE_CONFG (did you mean UTXORACLE_CONFIG?)",
    ]);
  });

  it("ignore variables that Kubernetes and Docker set for a service of the same name", () => {
    const kubernetes = {
      UTXORACLE_SERVICE_HOST: "10.96.0.12",
      UTXORACLE_SERVICE_PORT: "8000",
      UTXORACLE_SERVICE_PORT_HTTP: "8000",
      UTXORACLE_PORT: "tcp://10.96.0.12:8000",
      UTXORACLE_PORT_8000_TCP: "tcp://10.96.0.12:8000",
      UTXORACLE_PORT_8000_TCP_PROTO: "tcp",
      UTXORACLE_PORT_8000_TCP_PORT: "8000",
      UTXORACLE_PORT_8000_TCP_ADDR: "10.96.0.12",
    };
    const links = {
      UTXORACLE_BUS_NAME: "/edge/utxoracle-bus",
      UTXORACLE_BUS_PORT: "udp://[fd00::2]:4222",
      UTXORACLE_ANALYZER_NAME: "/edge/utxoracle-analyzer",
      UTXORACLE_ENV_UTXORACLE_WINDOW: "1",
      APP_BITCOIN_NODE_IP: "10.21.21.8",
      APP_BITCOIN_RPC_PORT: "tcp://10.96.0.13:8332",
    };
    const env = { ...kubernetes, ...links };
    const { settings, variableWarnings } = loadSettings("serve", new Map(), env, undefined);
    expect(settings).toMatchObject({ port: 8000, "bus-name": "utxoracle", "rpc-url": "http://10.21.21.8:8332" });
    expect(settings["analyzer-name"]).toBeUndefined();
    expect(variableWarnings).toHaveLength(1);
    expect(variableWarnings[0]).toContain("UTXORACLE_PORT");
    expect(variableWarnings[0]).not.toContain("10.96.0.12");
    expect(load([], { UTXORACLE_PORT: "TCP://10.96.0.12:8000" }).port).toBe(8000);
    // A flag or another variable still works beside them.
    expect(load(["--port", "1"], env).port).toBe(1);
    for (const name of settingNames) expect(isInjected(variableOf(name), "8123")).toBe(false);
  });

  it("are read from a file with byte order mark and CRLF; UTF-16 is rejected", () => {
    expect(load(["--config", configFile('\ufeff{\r\n"port": 8123\r\n}')]).port).toBe(8123);
    expect(() => load(["--config", configFile(Buffer.from('\ufeff{"port": 1}', "utf16le"))])).toThrow("is UTF-16 text");
  });

  describe.each(["config", "bus-creds", "bus-tls-ca"])("reject a file of --%s", (name) => {
    const read = (path: string): unknown =>
      name === "config"
        ? load(["--config", path])
        : busConnectionOptions(load(["--bus", "nats://127.0.0.1:4222", `--${name}`, path]), "test", { transport });

    it("that is too long", () => {
      const path = configFile(" ".repeat(1_048_577));
      expect(() => read(path)).toThrow(`--${name}: ${path} is larger than 1048576 bytes`);
    });

    it("that is UTF-16 text, but not for a few zero bytes", () => {
      const path = configFile(Buffer.from('{"port": 1}', "utf16le"));
      expect(() => read(path)).toThrow(`--${name}: ${path} is UTF-16 text; save it as UTF-8`);
      const binary = configFile(Buffer.from("30820122020100300d06", "hex"));
      if (name === "config") expect(() => read(binary)).toThrow("invalid JSON");
      else expect(() => read(binary)).not.toThrow();
    });

    it("that is a device", needs("/dev/zero"), () => {
      expect(() => read("/dev/zero")).toThrow(`--${name}: /dev/zero cannot be read: it is a device, not a file`);
    });

    it("that is a pipe without a writer, at once", needs("mkfifo"), () => {
      const path = join(mkdtempSync(join(tmpdir(), "settings-pipe-")), "pipe");
      execFileSync("mkfifo", [path]);
      expect(() => read(path)).toThrow(`--${name}: ${path} cannot be read: it is a pipe, not a file`);
    });
  });

  it("name their maximum in the error for a wrong value", () => {
    for (const name of settingNames) {
      const { maximum, expected, anyOf } = settingSchema(name) as {
        maximum?: number;
        expected: string;
        anyOf?: object[];
      };
      const limits = [maximum, ...(anyOf ?? []).map((part) => (part as { maximum?: number }).maximum)];
      for (const limit of limits) if (limit !== undefined) expect(expected, name).toContain(String(limit));
    }
  });

  it("reject a file with a syntax error, an unknown key or a wrong value", () => {
    expect(() => load(["--config", configFile("{")])).toThrow("invalid JSON at line 1, column 2");
    expect(() => load(["--config", configFile("[]")])).toThrow("must contain one JSON object");
    expect(() => load(["--config", configFile('{"prot": 1}')])).toThrow("unknown setting prot (did you mean port?)");
    expect(() => load(["--config", configFile('{"a": 1}')])).toThrow("unknown setting (entry 1 of the object)");
    expect(() => load(["--config", configFile('{"port": "x"}')])).toThrow('"port" in ');
  });

  it("appear in --help with their defaults", () => {
    const text = helpText();
    for (const name of settingNames) expect(text).toContain(`--${name}`);
    expect(text).toContain("[auto]");
    expect(helpText("replay")).not.toContain("--rpc-url");
  });

  it("have three examples for each command, which the program accepts", () => {
    for (const [name, { examples }] of Object.entries(commands)) {
      expect(examples).toHaveLength(3);
      for (const [words] of examples) {
        const line = parseCommandLine(words.split(" ").filter(Boolean), {});
        expect(line.command).toBe(name);
        // The example's settings file does not exist here.
        loadSettings(line.command, line.flags, {}, undefined);
      }
    }
  });

  it("are those of one command after help COMMAND and COMMAND -h", () => {
    expect(parseCommandLine(["help", "price"], {})).toMatchObject({ action: "help", topic: "price" });
    expect(parseCommandLine(["price", "-h"], {})).toMatchObject({ action: "help", topic: "price" });
    expect(parseCommandLine(["-h"], {})).toMatchObject({ action: "help", topic: null });
    expect(parseCommandLine(["-v"], {})).toMatchObject({ action: "version" });
    expect(parseCommandLine(["serve", "--port", "1"], {})).toMatchObject({
      action: "run",
      command: "serve",
      operands: [],
    });
    expect(helpText().match(/^\S.*\[default\]:$/gm)).toEqual(
      ["Node", "Server", "Price", "Relay (NATS, MQTT)", "Logging", "Single commands"].map(
        (title) => `${title} [default]:`,
      ),
    );
  });

  it("fit 80 columns in --help, below each command and its summary", () => {
    const usage = helpText().split("\n\n")[1]?.split("\n") ?? [];
    expect(usage.slice(3, 5)).toEqual(["  utxoracle-live demo [flags]", "      run the service, fed by a simulation"]);
    for (const command of [undefined, ...(Object.keys(commands) as CommandName[])])
      for (const line of helpText(command).split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
