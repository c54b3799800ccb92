import { BlockList, isIP } from "node:net";
import type { Settings } from "../settings/schema.ts";

/** Readers of one address where nothing is set: a household or an office, not a flood. */
const CLIENTS_PER_ADDRESS = 100;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * How many readers the stream takes, in total and from one address. Where all come from this machine, and nobody says from
 * whom in truth (`--trust-proxy`), the address tells nothing, so that only the total counts.
 */
export function readerLimits(
  settings: Pick<Settings, "host" | "trust-proxy" | "max-clients" | "max-clients-per-address">,
): { readonly maxClients: number; readonly maxClientsPerAddress: number } {
  const { host, "max-clients": maxClients, "max-clients-per-address": set } = settings;
  const addressesTell = settings["trust-proxy"] || !isLoopback(host);
  return { maxClients, maxClientsPerAddress: set ?? (addressesTell ? CLIENTS_PER_ADDRESS : maxClients) };
}

function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 4 ? "ipv4" : "ipv6");
}
