import { ZmqSourceError } from "./error.ts";

/** A ZeroMQ address to connect to. */
export interface Endpoint {
  /** In ZeroMQ's normalized form, so that topics at equal addresses share a socket. */
  readonly address: string;
  /** Whether the socket needs its IPv6 option. */
  readonly ipv6: boolean;
}

const example = "like tcp://127.0.0.1:28332";

/**
 * Parses an endpoint: `tcp://HOST:PORT`, `ipc://PATH`, or `unix:PATH` as in bitcoin.conf.
 *
 * @param setting name of the option in error messages, e.g. `endpoints.rawtx`
 * @throws {ZmqSourceError} `invalid_endpoint`.
 */
export function parseEndpoint(setting: string, text: unknown): Endpoint {
  const refuse = (problem: string): never => {
    throw new ZmqSourceError("invalid_endpoint", setting, `${problem}; expected an address ${example}`);
  };
  if (typeof text !== "string") return refuse(`${text === null ? "null" : typeof text} is not an address`);
  const written = text.trim();
  // Text before an @ may be a password.
  const shown = written.includes("@")
    ? "the given address"
    : JSON.stringify(written.length > 80 ? `${written.slice(0, 80)}…` : written);
  if (written === "") return refuse("the address is empty");
  const unixPath = /^(?:ipc:\/\/|unix:)(.*)$/i.exec(written)?.[1];
  if (unixPath !== undefined) {
    if (unixPath === "" || unixPath === "*") return refuse(`${shown} has no socket path`);
    return { address: `ipc://${unixPath}`, ipv6: false };
  }
  const parts = /^tcp:\/\/(\[[0-9a-f:.%a-z]+\]|[^\s/:[\]@?#]+):([^\s]*)$/i.exec(written);
  if (parts === null) {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[1];
    if (scheme === undefined) return refuse(`${shown} has no scheme`);
    if (scheme.toLowerCase() !== "tcp") return refuse(`${shown} is not a ZMQ address (scheme ${scheme})`);
    return refuse(`${shown} is not of the form tcp://HOST:PORT`);
  }
  const [, host = "", port = ""] = parts;
  if (host === "*") return refuse(`${shown} is an address to listen on, not one to connect to`);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    return refuse(`${shown} has no port from 1 to 65535`);
  return { address: `tcp://${host.toLowerCase()}:${Number(port)}`, ipv6: host.startsWith("[") };
}
