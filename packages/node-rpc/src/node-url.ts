import { kindOf } from "./argument.ts";
import { NodeRpcError } from "./error.ts";

/** Address of the node's RPC server. */
export interface NodeAddress {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
  /** Scheme, host and port, for messages. Omits the path, which may contain a token. */
  readonly shown: string;
}

/**
 * Parses the URL of a node's RPC server. Default port: 8332 as on the main chain, or 443 with https
 * as of a proxy.
 *
 * @throws {NodeRpcError} `invalid_option`, also for user and password in the URL, because URLs end
 *   up in logs
 */
export function parseNodeUrl(text: unknown): NodeAddress {
  const refuse = (problem: string): never => {
    throw new NodeRpcError("invalid_option", "", `url: ${problem}; expected an address like http://127.0.0.1:8332`);
  };
  if (typeof text !== "string") return refuse(`must be text, not ${kindOf(text)}`);
  if (text.trim() === "") return refuse("the address is empty");
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return refuse("not a URL");
  }
  const { protocol } = url;
  if (protocol !== "http:" && protocol !== "https:") return refuse("the scheme is not http or https");
  if (url.username !== "" || url.password !== "") return refuse("must not contain user and password, use auth");
  if (url.search !== "" || url.hash !== "") return refuse("must not have a query or fragment");
  const portWritten = /^https?:\/\/(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(text.trim())?.[1];
  const usualPort = protocol === "https:" ? 443 : 8332;
  const port = portWritten === undefined ? usualPort : Number(portWritten);
  if (port < 1) return refuse("port 0 is invalid");
  const hostname = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const path = url.pathname === "" ? "/" : url.pathname;
  return { protocol, hostname, port, path, shown: `${protocol}//${url.hostname}:${port}` };
}
