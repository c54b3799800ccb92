import {
  type CookiePathOptions,
  createNodeRpc,
  defaultCookiePath,
  type NodeRpc,
  type NodeRpcAuth,
} from "@utxoracle/node-rpc";
import { budgets } from "./budgets.ts";
import { cookieFileAt } from "./cookie-folder.ts";
import type { Settings } from "./schema.ts";
import type { Secret } from "./secret.ts";
import { UserError } from "./user-error.ts";
import { type Endpoints, hasAuto, publishedTopics, resolveEndpoints, type ZmqSettings } from "./zmq-endpoints.ts";

/** Platform and user folders of this machine, which determine the default cookie path. */
export type Machine = Pick<CookiePathOptions, "platform" | "home" | "appData" | "localAppData">;

/** ZMQ settings and RPC client of a node. */
export interface NodeAccess {
  readonly zmq: ZmqSettings;
  /** Null with `--rpc-url none`. */
  readonly node: NodeRpc | null;
  /** Host of the RPC URL, an IPv6 address without brackets; null with `--rpc-url none`. */
  readonly host: string | null;
}

/**
 * Access to the node as configured. Opens no connection.
 * @throws {UserError} for `--zmq-rawtx none`: every feed needs this topic.
 */
export function nodeAccess(settings: Settings, machine: Machine): NodeAccess {
  const zmq = {
    rawtx: settings["zmq-rawtx"],
    rawblock: settings["zmq-rawblock"],
    sequence: settings["zmq-sequence"],
  };
  if (zmq.rawtx === "none")
    throw new UserError(
      "--zmq-rawtx: an endpoint is required; give auto or the address of zmqpubrawtx in bitcoin.conf",
    );
  const url = settings["rpc-url"];
  if (url === "none") return { zmq, node: null, host: null };
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  return { zmq, node: createNodeRpc({ url, auth: rpcAuth(nodeAuth(settings, machine)), ...limits }), host };
}

/**
 * Time for the node to report its topics before the service starts with the documented ports, ms.
 */
const TOPICS_TIMEOUT_MS = 3_000;

/**
 * The addresses of all topics, with those that are `auto` as the node reports them.
 * @returns null if the node does not report them.
 */
export async function publishedEndpoints(
  { zmq, node, host }: NodeAccess,
  signal: AbortSignal,
): Promise<Endpoints | null> {
  if (!hasAuto(zmq) || node === null) return null;
  const published = await publishedTopics(node, AbortSignal.any([signal, AbortSignal.timeout(TOPICS_TIMEOUT_MS)]));
  return published === null ? null : resolveEndpoints(zmq, published, host);
}

/** RPC credentials: the node's cookie file, or a user and password. */
export type NodeAuth = { readonly cookiePath: string } | { readonly user: string; readonly password: Secret };

/** @returns the configured RPC credentials; default the cookie at the platform's default path. */
export function nodeAuth(settings: Settings, machine: Machine): NodeAuth {
  const { "rpc-user": user, "rpc-password": password, "rpc-cookie": cookiePath } = settings;
  if (user !== undefined && password !== undefined) return { user, password };
  // A shell expands ~, but not in variables of a service or in a settings file.
  if (cookiePath !== undefined)
    return {
      cookiePath: cookieFileAt(
        cookiePath.replace(/^~(?=$|[\\/])/, () => machine.home),
        settings.chain,
      ),
    };
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
