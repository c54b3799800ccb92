import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The client's address. Behind a trusted proxy it is the last entry of `X-Forwarded-For`: the proxy
 * wrote that one, the client may have forged the others.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const peer = plainAddress(request.socket.remoteAddress ?? "unknown");
  if (!trustProxy) return peer;
  const forwarded = request.headers["x-forwarded-for"];
  const entries = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",");
  const last = plainAddress(withoutPort(entries.at(-1)?.trim() ?? ""));
  return isIP(last) === 0 ? peer : last;
}

/**
 * The address to which the limit per address applies: an IPv4 address, or the first 64 bits of an
 * IPv6 address, because a single customer gets at least a /64.
 */
export function addressGroup(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const headGroups = head === "" ? [] : head.split(":");
  const tailGroups = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - headGroups.length - tailGroups.length);
  const groups = [...headGroups, ...Array<string>(zeros).fill("0"), ...tailGroups];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

function plainAddress(address: string): string {
  const withoutZone = address.split("%", 1)[0] ?? address;
  return MAPPED_IPV4.exec(withoutZone)?.[1] ?? withoutZone;
}

function withoutPort(entry: string): string {
  if (entry.startsWith("[")) return entry.slice(1, entry.indexOf("]"));
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(entry) ? entry.slice(0, entry.indexOf(":")) : entry;
}
