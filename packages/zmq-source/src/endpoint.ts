import { ZmqSourceError } from "./error.ts";

/** An address that a subscriber can connect to. */
export interface Endpoint {
  /** In ZeroMQ's own form; equal addresses have equal text, so that topics at one address share one socket. */
  readonly address: string;
  /** Whether the socket must be told to speak IPv6. */
  readonly ipv6: boolean;
}

const example = "like tcp://127.0.0.1:28332";

/**
 * Checks an endpoint as an operator writes it: `tcp://HOST:PORT`, `ipc://PATH`, or `unix:PATH` as in bitcoin.conf.
 * @param setting the option's name for the error message, e.g. `endpoints.rawtx`.
 * @throws {ZmqSourceError} `invalid_endpoint`.
 */
export function parseEndpoint(setting: string, text: unknown): Endpoint {
  const refuse = (problem: string): never => {
    throw new ZmqSourceError("invalid_endpoint", setting, `${problem}; expected an address ${example}`);
  };
  if (typeof text !== "string") return refuse(`${text === null ? "null" : typeof text} is not an address`);
  const written = text.trim();
  // What stands before an @ may be a password.
  const shown = written.includes("@")
    ? "what is given"
    : JSON.stringify(written.length > 80 ? `${written.slice(0, 80)}…` : written);
  if (written === "") return refuse("the address is empty");
  const unixPath = /^(?:ipc:\/\/|unix:)(.*)$/i.exec(written)?.[1];
  if (unixPath !== undefined) {
    if (unixPath === "" || unixPath === "*") return refuse(`${shown} names no socket file`);
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
