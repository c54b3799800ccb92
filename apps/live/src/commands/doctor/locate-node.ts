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

/** Settings that say where the node is. */
const PLACE_SETTINGS = ["rpc-url", "rpc-cookie", "rpc-user", "chain"] as const satisfies readonly SettingName[];

/**
 * Looks for a node on this machine if the settings name none and none answers at the defaults.
 * @param candidates default: running nodes and known data folders.
 */
export async function locateNode(
  { settings, given }: LoadedSettings,
  machine: Machine,
  candidates: () => readonly LocalNode[] = () => localNodes(() => machine.home),
): Promise<LocatedNode> {
  if (PLACE_SETTINGS.some((name) => given.has(name)) || (await answers(settings, machine)))
    return { settings, found: [], dataFolder: null };
  for (const { rpcUrl, cookiePath, dataFolder } of candidates()) {
    if (!existsSync(cookiePath)) continue;
    const tried = { ...settings, "rpc-url": rpcUrl, "rpc-cookie": cookiePath };
    if (!(await answers(tried, machine))) continue;
    const found: SettingName[] = ["rpc-cookie"];
    if (rpcUrl !== settings["rpc-url"]) found.unshift("rpc-url");
    return { settings: tried, found, dataFolder };
  }
  return { settings, found: [], dataFolder: null };
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
