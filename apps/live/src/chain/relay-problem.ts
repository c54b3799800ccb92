import type { NetworkInfo } from "@utxoracle/node-rpc";

/** Why a node receives no transactions, and the setting to change. */
export interface RelayProblem {
  readonly code: "node_network_off" | "node_blocks_only" | "node_no_peers";
  readonly message: string;
}

/**
 * Why a node receives no transactions from its peers; null if it does. A regtest node needs no
 * peers.
 */
export function relayProblem(
  { networkActive, localRelay, connections }: Pick<NetworkInfo, "networkActive" | "localRelay" | "connections">,
  chain: string,
): RelayProblem | null {
  if (!networkActive)
    return {
      code: "node_network_off",
      message:
        "the node's network is switched off, so it receives no payments: run bitcoin-cli setnetworkactive true, or remove networkactive=0 from its bitcoin.conf and restart it",
    };
  if (!localRelay)
    return {
      code: "node_blocks_only",
      message:
        "the node accepts blocks only, so it receives no payments: remove blocksonly=1 from its bitcoin.conf or command line and restart it",
    };
  if (connections === 0 && chain !== "regtest")
    return {
      code: "node_no_peers",
      message:
        "the node has no peers, so it receives no payments: check its network, and connect, maxconnections, onlynet and proxy in its bitcoin.conf",
    };
  return null;
}
