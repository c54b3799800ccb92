import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { chainFolders } from "@utxoracle/node-rpc";
import { cookieFileAt } from "./cookie-folder.ts";
import { RPC_PORTS } from "./load.ts";
import { readStart } from "./small-file.ts";

/** A node on this machine that the settings do not name. */
export interface LocalNode {
  readonly chain: string;
  readonly dataFolder: string;
  readonly cookiePath: string;
  readonly rpcUrl: string;
}

/** Data folders of distributions and node boxes, besides those of running nodes. */
const KNOWN_FOLDERS = [
  "/var/lib/bitcoind", // Debian's and other packages, nix-bitcoin
  "/var/lib/bitcoin",
  "/home/bitcoin/.bitcoin", // RaspiBolt
  "/data/bitcoin", // RaspiBolt
  "/mnt/hdd/bitcoin", // RaspiBlitz
  "/mnt/hdd/app-data/bitcoin", // RaspiBlitz
];

const PROGRAMS = new Set(["bitcoind", "bitcoin-qt", "bitcoin-node", "bitcoin-gui"]);
/** Larger files are not a bitcoin.conf. */
const CONF_BYTES_MAX = 65_536;

/**
 * Nodes on this machine, main chain first: those that run (Linux only), then known data folders.
 */
export function localNodes(home: () => string = homedir): LocalNode[] {
  const running = runningNodes();
  const folders = [...KNOWN_FOLDERS];
  try {
    folders.unshift(join(home(), ".bitcoin"), join(home(), "snap/bitcoin-core/common/.bitcoin"));
  } catch {
    // This user has no home folder.
  }
  const nodes = [...running.map((words) => nodeOf(words, home)), ...folders.map((folder) => nodeIn(folder, new Map()))];
  const isMain = ({ chain }: LocalNode): number => (chain === "main" ? 0 : 1);
  return nodes.sort((one, other) => isMain(one) - isMain(other));
}

/** Arguments of the nodes that run here. Other users' are readable too, unless `hidepid` is set. */
function runningNodes(): string[][] {
  const read = <T>(get: () => T, otherwise: T): T => {
    try {
      return get();
    } catch {
      return otherwise;
    }
  };
  return read(() => readdirSync("/proc"), [])
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "").split("\0"))
    .filter(([program = ""]) => PROGRAMS.has(basename(program)));
}

function nodeOf([, ...words]: readonly string[], home: () => string): LocalNode {
  const options = new Map<string, string>();
  for (const word of words) {
    const [, name, value = "1"] = /^--?([a-z0-9]+)(?:=(.*))?$/i.exec(word) ?? [];
    if (name !== undefined) options.set(name, value);
  }
  return nodeIn(options.get("datadir") ?? join(home(), ".bitcoin"), options);
}

/** The node of a data folder. Command line options precede those of bitcoin.conf. */
function nodeIn(dataFolder: string, options: ReadonlyMap<string, string>): LocalNode {
  const conf = options.get("conf") ?? "bitcoin.conf";
  const sections = readConf(conf.startsWith("/") ? conf : join(dataFolder, conf));
  const common = sections.get("") ?? new Map<string, string>();
  const chain = chainOf(options) ?? chainOf(common) ?? "main";
  const own = sections.get(chain);
  const port = options.get("rpcport") ?? own?.get("rpcport") ?? (chain === "main" ? common.get("rpcport") : undefined);
  const cookie = options.get("rpccookiefile") ?? own?.get("rpccookiefile") ?? common.get("rpccookiefile");
  const folder = join(dataFolder, chainFolders[chain] ?? "");
  return {
    chain,
    dataFolder,
    cookiePath:
      cookie === undefined ? cookieFileAt(dataFolder, chain) : cookie.startsWith("/") ? cookie : join(folder, cookie),
    rpcUrl: `http://127.0.0.1:${/^\d{1,5}$/.test(port ?? "") ? port : RPC_PORTS[chain]}`,
  };
}

type ChainName = keyof typeof RPC_PORTS;

function chainOf(options: ReadonlyMap<string, string>): ChainName | null {
  const named = options.get("chain");
  if (named !== undefined && Object.hasOwn(RPC_PORTS, named)) return named as ChainName;
  for (const [option, chain] of [
    ["testnet", "test"],
    ["testnet4", "testnet4"],
    ["signet", "signet"],
    ["regtest", "regtest"],
  ] as const)
    if (options.get(option) === "1") return chain;
  return null;
}

/** Options of a bitcoin.conf by section; the first section is "". Empty if it cannot be read. */
function readConf(path: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let text: string;
  try {
    const bytes = readStart(path, CONF_BYTES_MAX + 1);
    if (bytes.length > CONF_BYTES_MAX) return sections;
    text = new TextDecoder().decode(bytes);
  } catch {
    return sections;
  }
  let section = "";
  for (const line of text.split(/\r\n?|\n/)) {
    const head = /^\s*\[(\w+)\]/.exec(line)?.[1];
    if (head !== undefined) section = head;
    const [, dotted, name, value] = /^\s*(?:(\w+)\.)?(\w+)\s*=\s*([^#]*?)\s*(?:#.*)?$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const target = dotted ?? section;
    const options = sections.get(target) ?? new Map<string, string>();
    sections.set(target, options);
    if (!options.has(name)) options.set(name, value);
  }
  return sections;
}
