import { parseEndpoint } from "./endpoint.ts";

/** The first version of Bitcoin Core that names a socket's file `unix:PATH`; earlier ones take `ipc://PATH`. */
const FIRST_VERSION_WITH_UNIX = 280_000;

/**
 * What `zmqpub…` in the node's bitcoin.conf has to be for a subscriber to connect to `endpoint`. A publisher binds to an
 * address of its own machine: for a subscriber elsewhere, or one that goes by a name, that is every address.
 * @param nodeVersion as `getnetworkinfo` has it; default: a current one.
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
 * What a subscriber connects to for a publisher's address: the same, but for a publisher at every address of its machine.
 * @param host of the publisher's machine.
 */
export function subscriberAddress(published: string, host: string): string {
  const written = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return published.replace(/^(tcp:\/\/)(?:\*|0\.0\.0\.0|\[::\])(?=:\d+$)/i, `$1${written}`);
}
