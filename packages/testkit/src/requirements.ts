import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { corpusProblem } from "./corpus.ts";
import { findProgram } from "./installed-program.ts";

/** Null if the requirement is met, else how to meet it. */
type Remedy = (environment: NodeJS.ProcessEnv) => string | null;

/** A program and the Debian packages that contain it. */
const program =
  (name: string, debianPackages = name): Remedy =>
  (environment) =>
    findProgram(name, environment) === null ? `apt-get install ${debianPackages}` : null;

/** A program whose path can be set by a variable. */
const namedProgram =
  (name: string, variable: string, howToGet: string): Remedy =>
  (environment) => {
    if (findProgram(name, environment) !== null) return null;
    const named = environment[variable];
    return named ? `${variable}=${named} is not executable; correct or unset it` : howToGet;
  };

const present =
  (available: () => boolean, howToGet: string): Remedy =>
  () =>
    available() ? null : howToGet;

/** Debian's path of the library needed to compile BTCPay Server's recipe. */
export const newtonsoftPath = "/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll";

/** Requirements of tests besides Node.js and npm. */
const REMEDIES = {
  bash: program("bash"),
  bitcoind: namedProgram(
    "bitcoind",
    "BITCOIND",
    "set BITCOIND to the daemon of Bitcoin Core 25 or later (https://bitcoincore.org/en/download/)",
  ),
  caddy: program("caddy"),
  chromium: program("chromium"),
  corpus: (environment) => {
    const problem = corpusProblem(environment);
    return problem === null ? null : `${problem}; it is not public: set UTXORACLE_CORPUS to its folder`;
  },
  curl: program("curl"),
  "/dev/full": present(() => existsSync("/dev/full"), "run on Linux"),
  "/dev/zero": present(() => existsSync("/dev/zero"), "run on Linux or macOS"),
  firefox: program("firefox", "firefox-esr"),
  git: program("git"),
  IPv6: present(
    () => Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1")),
    "enable IPv6 on the loopback interface",
  ),
  jinja2: (environment) => {
    const python = findProgram("python3", environment);
    const found = python !== null && spawnSync(python, ["-c", "import jinja2"]).status === 0;
    return found ? null : "apt-get install python3-jinja2";
  },
  mkfifo: program("mkfifo", "coreutils"),
  mono: (environment) =>
    findProgram("mcs", environment) !== null && findProgram("mono", environment) !== null && existsSync(newtonsoftPath)
      ? null
      : "apt-get install mono-mcs libmono-system-net-http4.0-cil libnewtonsoft-json5.0-cil",
  mosquitto: program("mosquitto"),
  "nats-server": namedProgram("nats-server", "NATS_SERVER", "apt-get install nats-server"),
  nginx: program("nginx", "nginx-light"),
  "nix-instantiate": program("nix-instantiate", "nix-bin"),
  openssl: program("openssl"),
  prlimit: program("prlimit", "util-linux"),
  "/proc": present(() => existsSync("/proc/self/fd"), "run on Linux"),
  promtool: program("promtool", "prometheus"),
  python3: program("python3"),
  shellcheck: program("shellcheck"),
  "systemd-analyze": program("systemd-analyze", "systemd"),
  tar: program("tar"),
  "Unix sockets": present(() => process.platform !== "win32", "run on Linux or macOS"),
  webkit: program("webkit", "webkit2gtk-driver xvfb dbus"),
} as const satisfies Readonly<Record<string, Remedy>>;

/** Name of a requirement besides Node.js and npm. */
export type Requirement = keyof typeof REMEDIES;

/** How to meet a requirement; null if it is met. */
export function remedyFor(name: Requirement, environment: NodeJS.ProcessEnv = process.env): string | null {
  return REMEDIES[name](environment);
}

/** Vitest options of a test or a suite. */
export interface NeedsOptions {
  readonly skip?: true;
  /** What is missing and how to get it, for the report. */
  readonly meta?: Readonly<Record<`missing:${string}`, string>>;
}

/**
 * Options of `it` and `describe` for tests that need more than Node.js and npm. Such tests are
 * skipped if a requirement is missing; `npm test` prints what is missing, the number of skipped
 * tests and how to get it.
 *
 * @example describe("the page behind nginx", needs("nginx", "chromium"), () => { … });
 * @example it("reads a real mempool", { ...needs("corpus"), timeout: 120_000 }, () => { … });
 */
export function needs(...names: readonly Requirement[]): NeedsOptions {
  const missing = names.flatMap((name) => {
    const remedy = remedyFor(name);
    return remedy === null ? [] : [[`missing:${name}`, remedy] as const];
  });
  return missing.length === 0 ? {} : { skip: true, meta: Object.fromEntries(missing) };
}

/** Whether a requirement is met. For benchmarks and scripts; tests use {@link needs}. */
export function isAvailable(name: Requirement): boolean {
  return remedyFor(name) === null;
}

/** Path of an installed program. Check with {@link needs} or {@link isAvailable} first. */
export function installedProgram(name: Requirement): string {
  const path = findProgram(name);
  if (path === null) throw new Error(`${name} is missing: ${remedyFor(name)}`);
  return path;
}
