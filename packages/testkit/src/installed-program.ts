import { accessSync, constants, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";

type Environment = NodeJS.ProcessEnv;

/** Programs that are not simply found by their name on PATH. */
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

/** WebKitGTK's small browser, which Debian keeps out of PATH. */
const WEBKIT_PROGRAMS = ["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap((machine) =>
  ["4.1", "4.0", "6.0"].map((version) => `/usr/lib/${machine}/webkit2gtk-${version}/MiniBrowser`),
);

/**
 * Path of an installed program, null when there is none. `BITCOIND` and `NATS_SERVER` name theirs; all others, and these
 * where the variable is not set, are looked for on PATH.
 */
export function findProgram(name: string, environment: Environment = process.env): string | null {
  const find = FINDERS[name];
  return find === undefined ? onPath(name, environment) : find(environment);
}

/** Looks also in the `sbin` beside each `bin`: Debian puts servers there and leaves it out of a user's PATH. */
function onPath(name: string, environment: Environment): string | null {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const beside = folders.filter((folder) => basename(folder) === "bin").map((folder) => join(dirname(folder), "sbin"));
  return [...folders, ...beside].map((folder) => join(folder, name)).find((path) => runnable(path) !== null) ?? null;
}

/** The path, when it is a file that this user may run. */
function runnable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : null;
  } catch {
    return null;
  }
}
