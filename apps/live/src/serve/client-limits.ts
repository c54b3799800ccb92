import { BlockList, isIP } from "node:net";
import type { StreamLimits } from "@utxoracle/stream-server";
import { budgets } from "../config/budgets.ts";
import type { Settings } from "../config/schema.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * The bounds of the server. Where all clients come from this machine, and no proxy says whose they are (`--trust-proxy`),
 * the address tells nothing, so that only their total is bounded.
 */
export function clientLimits(
  settings: Pick<Settings, "host" | "trust-proxy" | "max-clients" | "max-clients-per-address">,
): Partial<StreamLimits> {
  const { host, "max-clients": maxClients, "max-clients-per-address": set } = settings;
  const addressesTell = settings["trust-proxy"] || !isLoopback(host);
  return {
    maxClients,
    maxClientsPerAddress: set ?? (addressesTell ? budgets.clientsPerAddress.count : maxClients),
    maxConnections: maxClients + budgets.clientConnections.count,
    maxMessageBytes: budgets.clientMessage.bytes,
    maxMessageFragments: budgets.clientMessageFragments.count,
    maxFrameChunks: budgets.clientFrameChunks.count,
    maxMessagesPerSecond: budgets.clientMessageRate.count,
    snapshotIntervalMs: 1000 / budgets.snapshotRequests.count,
    dropAboveBytes: budgets.clientUpdates.bytes,
    closeAboveBytes: budgets.clientBacklog.bytes,
    listenBacklog: budgets.listenBacklog.count,
    maxHeaderBytes: budgets.requestHead.bytes,
    maxUrlLength: budgets.requestTarget.count,
    maxRequestsInFlight: budgets.requestsInFlight.count,
    maxWaitingRequests: budgets.requestsWaiting.count,
    maxAnswerBytes: budgets.answersWaiting.bytes,
  };
}

function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 4 ? "ipv4" : "ipv6");
}
