import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { chainFolders, NodeRpcError } from "@utxoracle/node-rpc";
import type { LoadedSettings } from "../../config/load.ts";
import { type LocalNode, localNodes } from "../../config/local-nodes.ts";
import { type Machine, nodeAccess, nodeAuth } from "../../config/node-access.ts";
import type { SettingName, Settings } from "../../config/schema.ts";

/** The settings, completed by what was found on this machine. */
export interface LocatedNode {
  readonly settings: Settings;
  /** Settings that were not given but are needed. */
  readonly found: readonly SettingName[];
  /** Data folder of the node that was found; null: the settings name the node. */
  readonly dataFolder: string | null;
}

/** Settings that say how to log in at the node, or which one it must be. */
const CHOSEN_SETTINGS = ["rpc-cookie", "rpc-user", "chain"] as const satisfies readonly SettingName[];

/**
 * Looks for a node on this machine if the settings name none and none answers at the defaults. Of a
 * node whose `--rpc-url` is given, it looks for the cookie.
 * @param candidates default: running nodes and known data folders.
 */
export async function locateNode(
  { settings, given }: LoadedSettings,
  machine: Machine,
  candidates: () => readonly LocalNode[] = () => localNodes(() => machine.home),
): Promise<LocatedNode> {
  if (CHOSEN_SETTINGS.some((name) => given.has(name)) || (await answers(settings, machine)))
    return { settings, found: [], dataFolder: null };
  for (const { rpcUrl, cookiePath, dataFolder } of candidates()) {
    if (!existsSync(cookiePath) || (given.has("rpc-url") && !isSamePlace(rpcUrl, settings["rpc-url"]))) continue;
    const url = given.has("rpc-url") ? settings["rpc-url"] : rpcUrl;
    const tried = { ...settings, "rpc-url": url, "rpc-cookie": cookiePath };
    if (!(await answers(tried, machine))) continue;
    const found: SettingName[] = ["rpc-cookie"];
    if (url !== settings["rpc-url"]) found.unshift("rpc-url");
    return { settings: tried, found, dataFolder };
  }
  return { settings, found: [], dataFolder: null };
}

/** Whether both addresses are one port of this machine. */
function isSamePlace(local: string, given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { hostname, port } = new URL(given);
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname) && port === new URL(local).port;
}

/** A node that is starting or refuses the call answers too. */
async function answers(settings: Settings, machine: Machine): Promise<boolean> {
  const { node } = nodeAccess(settings, machine);
  if (node === null) return true;
  try {
    await node.getBlockchainInfo();
    return true;
  } catch (error) {
    if (!(error instanceof NodeRpcError)) throw error;
    return !["unreachable", "timeout", "cookie_missing", "cookie_unreadable", "bad_answer"].includes(error.code);
  } finally {
    node.close();
  }
}

/** Path of the node's bitcoin.conf, next to its cookie; null if the cookie is elsewhere. */
export function confPathOf(settings: Settings, machine: Machine): string | null {
  if (settings["rpc-url"] === "none" || settings["rpc-user"] !== undefined) return null;
  const auth = nodeAuth(settings, machine);
  if (!("cookiePath" in auth)) return null;
  const folder = dirname(resolve(auth.cookiePath));
  const isChainFolder = Object.values(chainFolders).includes(basename(folder));
  const dataFolder = isChainFolder ? dirname(folder) : folder;
  const isOfNode = ["bitcoin.conf", "blocks", "debug.log"].some((name) => existsSync(join(dataFolder, name)));
  return isOfNode || existsSync(auth.cookiePath) ? join(dataFolder, "bitcoin.conf") : null;
}
