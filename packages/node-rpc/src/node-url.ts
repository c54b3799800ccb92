import { NodeRpcError } from "./error.ts";

/** Where the node answers. */
export interface NodeAddress {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
  /** For messages: scheme, host and port. A path may hold a token. */
  readonly shown: string;
}

/**
 * Reads the URL of a node's RPC. A port may be missing: 8332, as on the main chain, and 443 with https, as of a proxy.
 * @throws {NodeRpcError} `invalid_option`; user and password in the URL are refused, since URLs end up in logs.
 */
export function parseNodeUrl(text: unknown): NodeAddress {
  const refuse = (problem: string): never => {
    throw new NodeRpcError("invalid_option", "", `url: ${problem}; expected an address like http://127.0.0.1:8332`);
  };
  if (typeof text !== "string" || text.trim() === "") return refuse("no address given");
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return refuse("this is not a URL");
  }
  const { protocol } = url;
  if (protocol !== "http:" && protocol !== "https:") return refuse("the scheme is not http or https");
  if (url.username !== "" || url.password !== "")
    return refuse("user and password do not belong into the URL, give them as auth");
  if (url.search !== "" || url.hash !== "") return refuse("no query and no fragment belong here");
  const portWritten = /^https?:\/\/(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(text.trim())?.[1];
  const usualPort = protocol === "https:" ? 443 : 8332;
  const port = portWritten === undefined ? usualPort : Number(portWritten);
  if (port < 1) return refuse("port 0 is no port");
  const hostname = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const path = url.pathname === "" ? "/" : url.pathname;
  return { protocol, hostname, port, path, shown: `${protocol}//${url.hostname}:${port}` };
}
