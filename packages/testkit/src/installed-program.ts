import { accessSync, constants, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";

type Environment = NodeJS.ProcessEnv;

/** Programs that are not found by name on PATH alone. */
const FINDERS: Readonly<Record<string, (environment: Environment) => string | null>> = {
  bitcoind: (environment) => {
    if (environment["BITCOIND"]) return runnable(environment["BITCOIND"]);
    const prefix = environment["UTXORACLE_NODE_PREFIX"];
    return onPath("bitcoind", environment) ?? (prefix ? runnable(join(prefix, "bin", "bitcoind")) : null);
  },
  "nats-server": (environment) =>
    environment["NATS_SERVER"] ? runnable(environment["NATS_SERVER"]) : onPath("nats-server", environment),
  firefox: (environment) => onPath("firefox-esr", environment) ?? onPath("firefox", environment),
  webkit: (environment) => {
    const driven = ["WebKitWebDriver", "Xvfb", "dbus-run-session"].every((name) => onPath(name, environment) !== null);
    return driven ? (WEBKIT_PROGRAMS.find((path) => runnable(path) !== null) ?? null) : null;
  },
};

/** WebKitGTK's MiniBrowser, which Debian installs outside PATH. */
const WEBKIT_PROGRAMS = ["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap((machine) =>
  ["4.1", "4.0", "6.0"].map((version) => `/usr/lib/${machine}/webkit2gtk-${version}/MiniBrowser`),
);

/**
 * Path of an installed program, or null. `BITCOIND` and `NATS_SERVER` override the search on PATH.
 */
export function findProgram(name: string, environment: Environment = process.env): string | null {
  const find = FINDERS[name];
  return find === undefined ? onPath(name, environment) : find(environment);
}

/**
 * Also searches the `sbin` next to each `bin`, where Debian installs servers, although it is not on
 * a user's PATH.
 */
function onPath(name: string, environment: Environment): string | null {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const beside = folders.filter((folder) => basename(folder) === "bin").map((folder) => join(dirname(folder), "sbin"));
  return [...folders, ...beside].map((folder) => join(folder, name)).find((path) => runnable(path) !== null) ?? null;
}

/** The path if it is an executable file, else null. */
function runnable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : null;
  } catch {
    return null;
  }
}
