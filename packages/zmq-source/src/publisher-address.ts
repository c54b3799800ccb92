import { checkText } from "./argument.ts";
import { parseEndpoint } from "./endpoint.ts";
import { ZmqSourceError } from "./error.ts";

/** First version of Bitcoin Core that uses `unix:PATH`; earlier ones use `ipc://PATH`. */
const FIRST_VERSION_WITH_UNIX = 280_000;

/**
 * Returns the `zmqpub…` value for the node's bitcoin.conf that lets a subscriber connect to
 * `endpoint`. A publisher binds to an address of its own machine; for remote subscribers or host
 * names that is every address.
 *
 * @param nodeVersion `version` of `getnetworkinfo`; default: a current one
 * @throws {ZmqSourceError} `invalid_endpoint`.
 */
export function publisherAddress(endpoint: string, nodeVersion: number = FIRST_VERSION_WITH_UNIX): string {
  const { address } = parseEndpoint("endpoint", endpoint);
  if (address.startsWith("ipc://"))
    return nodeVersion < FIRST_VERSION_WITH_UNIX ? address : `unix:${address.slice("ipc://".length)}`;
  const portAt = address.lastIndexOf(":");
  const host = address.slice("tcp://".length, portAt);
  const port = address.slice(portAt + 1);
  if (/^(localhost|127(\.\d+){3}|0\.0\.0\.0)$/.test(host))
    return `tcp://${host.startsWith("127") ? host : "127.0.0.1"}:${port}`;
  if (/^\[(0*:)*:?(0*1?)\]$/.test(host)) return `tcp://[::1]:${port}`;
  return `tcp://${host.startsWith("[") ? "[::]" : "0.0.0.0"}:${port}`;
}

/**
 * Returns the address at which a subscriber reaches a publisher: `published`, with a wildcard
 * address replaced by `host`.
 *
 * @param host name or address of the publisher's machine
 * @throws {ZmqSourceError} `invalid_option`.
 */
export function subscriberAddress(published: string, host: string): string {
  checkText(published, "published");
  checkText(host, "host");
  if (!/^[^\s/]+$/.test(host))
    throw new ZmqSourceError("invalid_option", "host", `must be a name or an address, not ${JSON.stringify(host)}`);
  const written = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return published.replace(/^(tcp:\/\/)(?:\*|0\.0\.0\.0|\[::\])(?=:\d+$)/i, `$1${written}`);
}
