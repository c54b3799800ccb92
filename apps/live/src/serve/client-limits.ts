import { BlockList, isIP } from "node:net";
import type { StreamLimits } from "@utxoracle/stream-server";
import { budgets } from "../config/budgets.ts";
import type { Settings } from "../config/schema.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * Limits of the stream server. On a loopback address without `--trust-proxy`, all clients have the
 * same address, so there is no limit per address, only in total.
 */
export function clientLimits(
  settings: Pick<Settings, "host" | "trust-proxy" | "max-clients" | "max-clients-per-address">,
): Partial<StreamLimits> {
  const { host, "max-clients": maxClients, "max-clients-per-address": set } = settings;
  const hasClientAddresses = settings["trust-proxy"] || !isLoopback(host);
  return {
    maxClients,
    maxClientsPerAddress: set ?? (hasClientAddresses ? budgets.clientsPerAddress.count : maxClients),
    maxConnections: maxClients + budgets.clientConnections.count,
    maxMessageBytes: budgets.clientMessage.bytes,
    maxMessageFragments: budgets.clientMessageFragments.count,
    maxFrameChunks: budgets.clientFrameChunks.count,
    maxMessagesPerSecond: budgets.clientMessageRate.count,
    snapshotIntervalMs: 1000 / budgets.snapshotRequests.count,
    dropAboveBytes: budgets.clientUpdates.bytes,
    closeAboveBytes: budgets.clientBacklog.bytes,
    stallTimeoutMs: 1000 * budgets.clientStall.count,
    sseMaxAgeMs: 60_000 * budgets.eventStreamAge.count,
    resumeBytes: budgets.resumeUpdates.bytes,
    listenBacklog: budgets.listenBacklog.count,
    maxHeaderBytes: budgets.requestHead.bytes,
    maxUrlLength: budgets.requestTarget.count,
    maxRequestsInFlight: budgets.requestsInFlight.count,
    maxWaitingRequests: budgets.requestsWaiting.count,
    maxResponseBytes: budgets.answersWaiting.bytes,
  };
}

function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 4 ? "ipv4" : "ipv6");
}
