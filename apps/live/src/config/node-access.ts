import {
  type CookiePathOptions,
  createNodeRpc,
  defaultCookiePath,
  type NodeRpc,
  type NodeRpcAuth,
} from "@utxoracle/node-rpc";
import type { FeedTopic } from "@utxoracle/zmq-source";
import { budgets } from "./budgets.ts";
import type { Settings } from "./schema.ts";
import type { Secret } from "./secret.ts";
import { UserError } from "./user-error.ts";

/** Platform and user folders of this machine, which determine the default cookie path. */
export type Machine = Pick<CookiePathOptions, "platform" | "home" | "appData" | "localAppData">;

/** ZMQ endpoints and RPC client of a node. */
export interface NodeAccess {
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  /** Null with `--rpc-url none`. */
  readonly node: NodeRpc | null;
  /** Host of the RPC URL, an IPv6 address without brackets; null with `--rpc-url none`. */
  readonly host: string | null;
}

/**
 * Access to the node as configured. Opens no connection.
 * @throws {UserError} without a `rawtx` endpoint, which every feed needs.
 */
export function nodeAccess(settings: Settings, machine: Machine): NodeAccess {
  const endpoints: { [Topic in FeedTopic]?: string } = {};
  for (const topic of ["rawtx", "rawblock", "sequence"] as const) {
    const address = settings[`zmq-${topic}`];
    if (address !== "none") endpoints[topic] = address;
  }
  if (endpoints.rawtx === undefined)
    throw new UserError("--zmq-rawtx: an endpoint is required; give the address of zmqpubrawtx in bitcoin.conf");
  const url = settings["rpc-url"];
  if (url === "none") return { endpoints, node: null, host: null };
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  return { endpoints, node: createNodeRpc({ url, auth: rpcAuth(nodeAuth(settings, machine)), ...limits }), host };
}

/** RPC credentials: the node's cookie file, or a user and password. */
export type NodeAuth = { readonly cookiePath: string } | { readonly user: string; readonly password: Secret };

/** @returns the configured RPC credentials; default the cookie at the platform's default path. */
export function nodeAuth(settings: Settings, machine: Machine): NodeAuth {
  const { "rpc-user": user, "rpc-password": password, "rpc-cookie": cookiePath } = settings;
  if (user !== undefined && password !== undefined) return { user, password };
  if (cookiePath !== undefined) return { cookiePath };
  const { platform, home, appData, localAppData } = machine;
  return { cookiePath: defaultCookiePath({ platform, home, appData, localAppData, chain: settings.chain ?? "main" }) };
}

const limits = {
  maxResponseBytes: budgets.rpcAnswer.bytes,
  maxMempoolEntries: budgets.rpcMempool.count,
};

/**
 * Converts credentials for an RPC client, which reveals the password only when it sends a request.
 */
export function rpcAuth(auth: NodeAuth): NodeRpcAuth {
  return "cookiePath" in auth ? auth : { user: auth.user, password: () => auth.password.reveal() };
}
