import {
  type CookiePlace,
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

/** What of this machine the default place of the node's cookie depends on. */
export type Machine = Pick<CookiePlace, "platform" | "home" | "appData" | "localAppData">;

/** How a node is reached. */
export interface NodeAccess {
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  /** Null where the settings say that there is none. */
  readonly node: NodeRpc | null;
  /** The host of its RPC, an IPv6 address without brackets; null without RPC. */
  readonly host: string | null;
}

/**
 * The way to the node that the settings name. Nothing is connected yet.
 * @throws {UserError} when there is no `rawtx` endpoint: without it there is nothing to listen to.
 */
export function nodeAccess(settings: Settings, machine: Machine): NodeAccess {
  const endpoints: { [Topic in FeedTopic]?: string } = {};
  for (const topic of ["rawtx", "rawblock", "sequence"] as const) {
    const address = settings[`zmq-${topic}`];
    if (address !== "none") endpoints[topic] = address;
  }
  if (endpoints.rawtx === undefined)
    throw new UserError("--zmq-rawtx: none leaves nothing to listen to; give the endpoint of zmqpubrawtx");
  const url = settings["rpc-url"];
  if (url === "none") return { endpoints, node: null, host: null };
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  return { endpoints, node: createNodeRpc({ url, auth: rpcAuth(authOf(settings, machine)), ...limits }), host };
}

/** What the node asks for: the cookie that it writes, or a user with a password. */
export type NodeAuth = { readonly cookiePath: string } | { readonly user: string; readonly password: Secret };

/** How the node lets us in, by the settings. */
export function authOf(settings: Settings, machine: Machine): NodeAuth {
  const { "rpc-user": user, "rpc-password": password, "rpc-cookie": cookiePath } = settings;
  if (user !== undefined && password !== undefined) return { user, password };
  if (cookiePath !== undefined) return { cookiePath };
  const { platform, home, appData, localAppData } = machine;
  return { cookiePath: defaultCookiePath({ platform, home, appData, localAppData, chain: settings.chain ?? "main" }) };
}

const limits = {
  maxAnswerBytes: budgets.rpcAnswer.bytes,
  maxMempoolEntries: budgets.rpcMempool.count,
};

/** Credentials for an RPC client, which reveals the password only while it makes a request. */
export function rpcAuth(auth: NodeAuth): NodeRpcAuth {
  return "cookiePath" in auth ? auth : { user: auth.user, password: () => auth.password.reveal() };
}
